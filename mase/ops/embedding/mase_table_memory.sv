// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// On-chip table, read from a file of hexadecimal words: the word of an address a cycle later. (streams.md S11)
module mase_table_memory #(
  parameter int Width = 136,             // bits of a word
  parameter int Depth = 128,             // words
  parameter     File = "",               // none: words of nobody knows what, for tools that only look at the logic
  localparam int AddressBits = (Depth == 1) ? 1 : $clog2(Depth)
) (
  input  logic                   clk_i,
  input  logic                   read_i,        // else the word stays
  input  logic [AddressBits-1:0] address_i,
  output logic [Width-1:0]       data_o
);
  logic [Width-1:0] word_q [0:Depth-1];
  logic [Width-1:0] data_q;
  generate
    if (File != "") begin : g_file
      initial $readmemh(File, word_q);
    end
  endgenerate
  always_ff @(posedge clk_i) if (read_i) data_q <= word_q[address_i];
  assign data_o = data_q;
endmodule
