// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A normalised magnitude and its sign to the nearest small float, ties to even, subnormals included, saturating. The
// top bit weighs as the leading bit of the largest float. Zero has no sign. Combinational. (arithmetic.md A19)
module mase_float_round #(
  parameter int MagnitudeBits = 23,      // at least Bits - ExponentBits + 2
  parameter int Bits = 4,                // sign, ExponentBits of field, the rest mantissa
  parameter int ExponentBits = 2,
  parameter int MaxShift = 2,            // of the largest number: its field less 1
  parameter int LargestCode = 7
) (
  input  logic [MagnitudeBits-1:0] normal_i,
  input  logic                     sign_i,
  output logic [Bits-1:0]          element_o
);
  localparam int Kept = Bits - ExponentBits;             // bits of a significand, the leading one included
  localparam int Zeros = (MaxShift < MagnitudeBits) ? MaxShift : MagnitudeBits;
  localparam int ZeroBits = $clog2(MaxShift + 2);
  localparam int Dropped = MagnitudeBits - Kept;

  logic [ZeroBits-1:0]      zeros;                       // leading ones farther down are subnormal
  logic [MagnitudeBits-1:0] shifted;
  logic                     up;
  logic [Bits-1:0]          steps, code;                 // one bit more than a magnitude's code
  logic [Bits-2:0]          limited;
  always_comb begin
    zeros = MaxShift[ZeroBits-1:0];
    for (int k = Zeros - 1; k >= 0; k = k - 1)
      if (normal_i[MagnitudeBits-1-k]) zeros = ZeroBits'(k);
  end
  assign shifted = normal_i << zeros;
  assign up      = shifted[Dropped-1] & ((|shifted[Dropped-2:0]) | shifted[Dropped]);
  // The leading one carries into the field, which is why that starts one lower; so does rounding up.
  assign steps   = Bits'(MaxShift) - {{(Bits-ZeroBits){1'b0}}, zeros};
  assign code    = (steps << (Kept - 1)) + {{(Bits-Kept){1'b0}}, shifted[MagnitudeBits-1:Dropped]}
                 + {{(Bits-1){1'b0}}, up};
  assign limited = (code > LargestCode[Bits-1:0]) ? LargestCode[Bits-2:0] : code[Bits-2:0];
  assign element_o = {sign_i & (|limited), limited};
endmodule
