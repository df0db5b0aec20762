// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Four beats between two streams: cuts ready and valid. Latency 1, rate 1. (streams.md S2)
module mase_stream_fifo #(
  parameter int Width = 8                // bits of a beat
) (
  input  logic             clk_i,
  input  logic             rst_i,        // synchronous, active high
  input  logic [Width-1:0] x_data_i,
  input  logic             x_valid_i,
  output logic             x_ready_o,
  output logic [Width-1:0] y_data_o,     // read from memory in the same cycle: no output port of a module
  output logic             y_valid_o,
  input  logic             y_ready_i
);
  logic [1:0] write_q, read_q;
  logic [2:0] count_q, count_d;
  logic       full_q, empty_q, push, pop;
  assign x_ready_o = ~full_q;
  assign y_valid_o = ~empty_q;
  assign push      = x_valid_i & ~full_q;
  assign pop       = y_ready_i & ~empty_q;
  assign count_d   = count_q + {2'b00, push} - {2'b00, pop};
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      write_q <= '0;
      read_q  <= '0;
      count_q <= '0;
      full_q  <= 1'b0;
      empty_q <= 1'b1;
    end else begin
      if (push) write_q <= write_q + 1'b1;
      if (pop) read_q <= read_q + 1'b1;
      count_q <= count_d;
      full_q  <= count_d == 3'd4;
      empty_q <= count_d == 3'd0;
    end
  end
  mase_lutram #(.Width(Width), .AddressBits(2)) u_beats (
    .clk_i(clk_i), .write_i(push), .write_address_i(write_q), .write_data_i(x_data_i),
    .read_address_i(read_q), .read_data_o(y_data_o));
endmodule
