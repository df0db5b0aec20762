// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The top bits of a normalised magnitude, to nearest even and saturated, as a two's complement element. Combinational.
// (arithmetic.md A1, A10)
module mase_mx_round #(
  parameter int MagnitudeBits = 23,      // bits of a magnitude, at least OutputBits + 1
  parameter int OutputBits = 8           // bits of an element, sign included
) (
  input  logic [MagnitudeBits-1:0] normal_i,
  input  logic                     sign_i,
  output logic [OutputBits-1:0]    element_o
);
  localparam int Kept = OutputBits - 1;
  localparam int Dropped = MagnitudeBits - Kept;
  logic [Kept-1:0] kept, rounded;
  logic            half, sticky, up;
  assign kept      = normal_i[MagnitudeBits-1:Dropped];
  assign half      = normal_i[Dropped-1];
  assign sticky    = |normal_i[Dropped-2:0];
  assign up        = half & (sticky | kept[0]) & ~(&kept);   // rounding up all ones would leave the range: saturate
  assign rounded   = kept + {{(Kept-1){1'b0}}, up};
  assign element_o = ({1'b0, rounded} ^ {OutputBits{sign_i}}) + {{(OutputBits-1){1'b0}}, sign_i};
endmodule
