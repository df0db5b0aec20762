// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// On-chip words with two read ports, read from a file of hexadecimal words: the word of an address a cycle later. Block
// memories and UltraRAM have two ports. (streams.md S3, S11)
module mase_tied_memory #(
  parameter int Width = 136,             // bits of a word
  parameter int Depth = 128,             // words
  parameter     File = "",               // none: words of nobody knows what, for tools that only look at the logic
  localparam int AddressBits = (Depth == 1) ? 1 : $clog2(Depth)
) (
  input  logic                   clk_i,
  input  logic                   a_read_i,      // else the word stays
  input  logic [AddressBits-1:0] a_address_i,
  output logic [Width-1:0]       a_data_o,
  input  logic                   b_read_i,
  input  logic [AddressBits-1:0] b_address_i,
  output logic [Width-1:0]       b_data_o
);
  logic [Width-1:0] word_q [0:Depth-1];
  logic [Width-1:0] a_data_q, b_data_q;
  generate
    if (File != "") begin : g_file
      initial $readmemh(File, word_q);
    end
  endgenerate
  always_ff @(posedge clk_i) begin
    if (a_read_i) a_data_q <= word_q[a_address_i];
    if (b_read_i) b_data_q <= word_q[b_address_i];
  end
  assign a_data_o = a_data_q;
  assign b_data_o = b_data_q;
endmodule
