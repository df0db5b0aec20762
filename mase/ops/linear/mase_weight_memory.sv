// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// On-chip weights of one linear, read from a file of hexadecimal words. Latency 1, rate 1; data hold while enable is
// low. (arithmetic.md S3)
module mase_weight_memory #(
  parameter int Width = 136,             // bits of a word
  parameter int Depth = 128,             // words
  parameter     File = "weights.hex",
  localparam int AddressBits = (Depth == 1) ? 1 : $clog2(Depth)
) (
  input  logic                   clk_i,
  input  logic                   enable_i,
  input  logic [AddressBits-1:0] address_i,
  output logic [Width-1:0]       data_o
);
  logic [Width-1:0] word_q [0:Depth-1];
  logic [Width-1:0] data_q;
  initial $readmemh(File, word_q);
  always_ff @(posedge clk_i) if (enable_i) data_q <= word_q[address_i];
  assign data_o = data_q;
endmodule
