// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The exact sum of a head's terms to a score: rounded by four bits, saturated to +-(2^23 - 1). Combinational.
// (operators.md O14)
module mase_scores_round #(
  parameter int SumBits = 34             // sign included, at least 28
) (
  input  logic [SumBits-1:0] sum_i,
  output logic [23:0]        score_o
);
  logic [SumBits:0]   rounded;
  logic [SumBits-4:0] whole;
  logic               sign, over, unused;
  assign rounded = {sum_i[SumBits-1], sum_i} + (SumBits+1)'(8);
  assign whole   = rounded[SumBits:4];
  assign sign    = whole[SumBits-4];
  assign over    = whole[SumBits-4:23] != {(SumBits-26){sign}};
  assign unused  = ^rounded[3:0];
  assign score_o = sign ? ((over | ~|whole[22:0]) ? {1'b1, 22'b0, 1'b1} : whole[23:0])   // -2^23 is no score
                        : (over ? {1'b0, {23{1'b1}}} : whole[23:0]);
endmodule
