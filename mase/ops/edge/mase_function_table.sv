// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A function with linear interpolation between the entries of a ROM. Latency 3 enabled cycles, rate 1.
// (operators.md O4)
module mase_function_table #(
  parameter int IndexBits = 8,           // k
  parameter int StepBits = 8,            // m
  parameter int ValueBits = 17,          // of an entry, not negative
  parameter int SlopeBits = 10,          // of the next entry less this one, sign included
  parameter logic [((ValueBits+SlopeBits)<<IndexBits)-1:0] Words = '0,   // {slope, entry}, entry 0 lowest
  localparam int ArgumentBits = IndexBits + StepBits
) (
  input  logic                  clk_i,
  input  logic                  enable_i,
  input  logic [ArgumentBits:0] argument_i,   // 0 to 2^ArgumentBits
  output logic [ValueBits-1:0]  value_o
);
  localparam int WordBits = ValueBits + SlopeBits;
  // The last argument is the end of the last step: a remainder of 2^m.
  logic [IndexBits-1:0] index;
  logic [StepBits:0]    rest, rest_q;
  logic [WordBits-1:0]  word_q;
  assign index = argument_i[ArgumentBits] ? '1 : argument_i[ArgumentBits-1:StepBits];
  assign rest  = {argument_i[ArgumentBits], argument_i[StepBits-1:0]};
`ifdef SYNTHESIS
  (* rom_style = "block" *)
`endif
  logic [WordBits-1:0] words [0:(1<<IndexBits)-1];
  initial for (int i = 0; i < (1 << IndexBits); i = i + 1) words[i] = Words[i*WordBits +: WordBits];
  always_ff @(posedge clk_i) if (enable_i) begin
    word_q <= words[index];
    rest_q <= rest;
  end

  localparam int ProductBits = SlopeBits + StepBits + 2;
  logic signed [SlopeBits-1:0]   slope;
  logic signed [StepBits+1:0]    factor;
  logic signed [ProductBits-1:0] product_q;
  logic [ValueBits-1:0]          entry_q;
  assign slope  = word_q[WordBits-1:ValueBits];
  assign factor = {1'b0, rest_q};
  always_ff @(posedge clk_i) if (enable_i) begin
    product_q <= slope * factor;
    entry_q   <= word_q[ValueBits-1:0];
  end

  // (entry 2^m + product + 2^(m-1)) / 2^m: the entry has no bits below m.
  localparam int StepWidth = ProductBits - StepBits + 1;
  localparam int SumBits = ValueBits + StepWidth;
  logic [ProductBits:0] half;
  logic [SumBits-1:0]   sum;
  logic [ValueBits-1:0] value_q;
  logic                 unused;
  assign half   = {product_q[ProductBits-1], product_q}
                + {{(ProductBits-StepBits+1){1'b0}}, 1'b1, {(StepBits-1){1'b0}}};
  assign sum    = {{StepWidth{1'b0}}, entry_q} + {{ValueBits{half[ProductBits]}}, half[ProductBits:StepBits]};
  assign unused = (^half[StepBits-1:0]) ^ (^sum[SumBits-1:ValueBits]);
  always_ff @(posedge clk_i) if (enable_i) value_q <= sum[ValueBits-1:0];
  assign value_o = value_q;
endmodule
