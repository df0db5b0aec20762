// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Depth beats between two streams, and one more in the output's register: cuts ready and valid. Latency 2, rate 1.
// LUTRAM up to 64 beats, block RAM beyond. (streams.md S2, S13)
module mase_row_fifo #(
  parameter int Width = 8,               // bits of a beat
  parameter int Depth = 4                // at least 2
) (
  input  logic             clk_i,
  input  logic             rst_i,        // synchronous, active high
  input  logic [Width-1:0] x_data_i,
  input  logic             x_valid_i,
  output logic             x_ready_o,
  output logic [Width-1:0] y_data_o,
  output logic             y_valid_o,
  input  logic             y_ready_i
);
  localparam int AddressBits = $clog2(Depth);
  localparam int CountBits = $clog2(Depth + 1);
  localparam int Last = Depth - 1;
  logic [AddressBits-1:0] write_q, read_q;
  logic [CountBits-1:0]   count_q, count_d;
  logic                   full_q, valid_q, push, pop;
  assign x_ready_o = ~full_q;
  assign push      = x_valid_i & ~full_q;
  assign pop       = (y_ready_i | ~valid_q) & (count_q != '0);
  assign count_d   = count_q + CountBits'(push) - CountBits'(pop);
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      write_q <= '0;
      read_q  <= '0;
      count_q <= '0;
      full_q  <= 1'b0;
      valid_q <= 1'b0;
    end else begin
      if (push) write_q <= (write_q == Last[AddressBits-1:0]) ? '0 : write_q + 1'b1;
      if (pop) read_q <= (read_q == Last[AddressBits-1:0]) ? '0 : read_q + 1'b1;
      count_q <= count_d;
      full_q  <= count_d == Depth[CountBits-1:0];
      if (y_ready_i | ~valid_q) valid_q <= pop;
    end
  end
  logic [Width-1:0] data_q;
  generate
    if (Depth <= 64) begin : g_small
      logic [Width-1:0] head;
      mase_lutram #(.Width(Width), .AddressBits(AddressBits)) u_beats (
        .clk_i(clk_i), .write_i(push), .write_address_i(write_q), .write_data_i(x_data_i),
        .read_address_i(read_q), .read_data_o(head));
      always_ff @(posedge clk_i) if (pop) data_q <= head;
    end else begin : g_large                             // a word is never read in the cycle that writes it
`ifdef SYNTHESIS
      (* ram_style = "block", no_rw_check *)
`endif
      logic [Width-1:0] word_q [0:Depth-1];
      always_ff @(posedge clk_i) begin
        if (push) word_q[write_q] <= x_data_i;
        if (pop) data_q <= word_q[read_q];
      end
    end
  endgenerate
  assign y_data_o  = data_q;
  assign y_valid_o = valid_q;
endmodule
