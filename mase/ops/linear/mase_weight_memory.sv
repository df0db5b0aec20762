// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// On-chip weights of one linear, read from a file of hexadecimal words: a stream that gives all of them in order, again
// and again. The first is offered in the second cycle after reset. Rate 1; w_ready_i reaches registers alone.
// (streams.md S2, S3)
module mase_weight_memory #(
  parameter int Width = 136,             // bits of a word
  parameter int Depth = 128,             // words
  parameter     File = "weights.hex"
) (
  input  logic             clk_i,
  input  logic             rst_i,        // synchronous, active high
  output logic [Width-1:0] w_data_o,
  output logic             w_valid_o,
  input  logic             w_ready_i
);
  localparam int AddressBits = (Depth == 1) ? 1 : $clog2(Depth);
  localparam int Last = Depth - 1;
  logic [Width-1:0]       word_q [0:Depth-1];
  logic [Width-1:0]       data_q;
  logic [AddressBits-1:0] address_q;     // of the word to be read next
  logic                   valid_q, read;
  initial $readmemh(File, word_q);
  assign read = w_ready_i | ~valid_q;
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      address_q <= '0;
      valid_q   <= 1'b0;
    end else begin
      if (read) address_q <= (address_q == Last[AddressBits-1:0]) ? '0 : address_q + 1'b1;
      valid_q <= 1'b1;
    end
    if (read) data_q <= word_q[address_q];   // data needs no reset
  end
  assign w_data_o  = data_q;
  assign w_valid_o = valid_q;
endmodule
