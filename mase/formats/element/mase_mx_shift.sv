// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shifts to the left and says whether ones left at the top. Combinational. (arithmetic.md A13, A25)
module mase_mx_shift #(
  parameter int Bits = 24,
  parameter int ShiftBits = 5
) (
  input  logic [Bits-1:0]      word_i,
  input  logic [ShiftBits-1:0] shift_i,
  output logic [Bits-1:0]      word_o,
  output logic                 lost_o
);
  generate
    for (genvar k = ShiftBits - 1; k >= 0; k = k - 1) begin : g_stage   // the widest stage first
      localparam int Step = (1 << k);
      localparam int Out = (Step < Bits) ? Step : Bits;                 // bits that leave
      logic [Bits-1:0] from, word;
      logic            lost_before, lost;
      if (k == ShiftBits - 1) begin : g_first
        assign from   = word_i;
        assign lost_before = 1'b0;
      end else begin : g_next
        assign from   = g_stage[k+1].word;
        assign lost_before = g_stage[k+1].lost;
      end
      assign word = shift_i[k] ? (from << Step) : from;
      assign lost = lost_before | (shift_i[k] & (|from[Bits-1 -: Out]));
    end
  endgenerate
  assign word_o = g_stage[0].word;
  assign lost_o = g_stage[0].lost;
endmodule
