// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Small memory, written at the clock's edge and read at once: LUTRAM on FPGAs.
module mase_lutram #(
  parameter int Width = 8,               // bits of a word, at least 1
  parameter int AddressBits = 5          // 2^AddressBits words
) (
  input  logic                   clk_i,
  input  logic                   write_i,
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [Width-1:0]       write_data_i,
  input  logic [AddressBits-1:0] read_address_i,
  output logic [Width-1:0]       read_data_o
);
`ifdef SYNTHESIS
  (* ram_style = "distributed" *)
`endif
  logic [Width-1:0] word_q [0:(1<<AddressBits)-1];
  always_ff @(posedge clk_i) if (write_i) word_q[write_address_i] <= write_data_i;
  assign read_data_o = word_q[read_address_i];
endmodule
