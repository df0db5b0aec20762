// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shifts a term to the unit of its row's sum. The half that rounds up comes apart, as the carry-in of whatever adds the
// aligned term. Combinational. (arithmetic.md A6)
module mase_mx_align #(
  parameter int TermBits = 12,           // bits of a term, sign included
  parameter int GuardBits = 10,
  parameter int ShiftBits = 9,           // bits of the shift
  localparam int AlignedBits = TermBits + GuardBits,
  localparam int EnoughBits = $clog2(AlignedBits + 1),
  localparam int AmountBits = (ShiftBits < EnoughBits) ? ShiftBits : EnoughBits
) (
  input  logic [TermBits-1:0]    term_i,
  input  logic [ShiftBits-1:0]   shift_i,
  output logic [AlignedBits-1:0] aligned_o,
  output logic                   half_o
);
  // Beyond AlignedBits every shift gives -1 + half or 0 + 0, that is zero, so saturation costs no comparison.
  logic [AmountBits-1:0]       amount;
  logic signed [AlignedBits:0] wide, shifted;
  generate
    if (ShiftBits > AmountBits) begin : g_saturate
      assign amount = shift_i[AmountBits-1:0] | {AmountBits{|shift_i[ShiftBits-1:AmountBits]}};
    end else begin : g_all
      assign amount = shift_i;
    end
  endgenerate
  assign wide      = {term_i, {(GuardBits+1){1'b0}}};
  assign shifted   = wide >>> amount;
  assign aligned_o = shifted[AlignedBits:1];
  assign half_o    = shifted[0];
endmodule
