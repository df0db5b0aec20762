// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rows of sequences and the greatest key that each sees, out of the control stream: its own position, or without
// Causal the last one of its sequence, whose words are all taken first. (streams.md S2, S7, S9)
module mase_attention_rows #(
  parameter int PositionBits = 8,
  parameter int Causal = 1
) (
  input  logic                    clk_i,
  input  logic                    rst_i,         // synchronous, active high
  input  logic [1:0]              c_data_i,      // a word a row: bit 0 the first of its sequence, bit 1 the last
  input  logic                    c_valid_i,
  output logic                    c_ready_o,
  output logic                    row_valid_o,   // from a register
  output logic [PositionBits-1:0] row_position_o,
  input  logic                    row_done_i
);
  logic                    valid, pop, first, last;
  logic [PositionBits-1:0] position_q, next;     // of the word before, of this word
  mase_stream_fifo #(.Width(2)) u_control (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(c_data_i), .x_valid_i(c_valid_i), .x_ready_o(c_ready_o),
    .y_data_o({last, first}), .y_valid_o(valid), .y_ready_i(pop));
  assign next = first ? '0 : position_q + 1'b1;
  always_ff @(posedge clk_i) if (valid & pop) position_q <= next;
  generate
    if (Causal != 0) begin : g_causal
      logic unused;
      assign unused         = last;
      assign pop            = row_done_i;
      assign row_valid_o    = valid;
      assign row_position_o = next;
    end else begin : g_full
      logic                    whole_q;          // the sequence's length is known
      logic [PositionBits-1:0] left_q;           // rows that are not done, less one
      assign pop            = ~whole_q;
      assign row_valid_o    = whole_q;
      assign row_position_o = position_q;
      always_ff @(posedge clk_i) begin
        if (rst_i) whole_q <= 1'b0;
        else if (~whole_q) whole_q <= valid & last;
        else if (row_done_i & (left_q == '0)) whole_q <= 1'b0;
        if (~whole_q) left_q <= next;
        else if (row_done_i) left_q <= left_q - 1'b1;
      end
    end
  endgenerate
endmodule
