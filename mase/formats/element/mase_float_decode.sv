// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A small float as an integer and how far its shift is below the largest, {drop, integer}: field f and mantissa m are
// (2^M + m) * 2^(f-1), or m if f is 0, in units of the smallest number. Combinational. Codes of NaN and infinity are
// never stored. (arithmetic.md A2, A17)
module mase_float_decode #(
  parameter int Bits = 4,                // sign, ExponentBits of field, the rest mantissa
  parameter int ExponentBits = 2,        // at least 1
  parameter int MaxShift = 2,            // of the largest number: its field less 1
  parameter bit Fixed = 1'b1,            // shift here: the integer is whole and no shift is left
  localparam int Significand = Bits - ExponentBits,   // bits, the leading one included
  localparam int IntegerBits = 1 + Significand + (Fixed ? MaxShift : 0),
  localparam int ShiftBits = (Fixed || MaxShift == 0) ? 0 : $clog2(MaxShift + 1)
) (
  input  logic [Bits-1:0]                  code_i,
  output logic [ShiftBits+IntegerBits-1:0] element_o
);
  logic                    sign, normal;
  logic [ExponentBits-1:0] field, shift;
  logic [Significand-1:0]  significand;
  logic [IntegerBits-2:0]  magnitude;
  logic [IntegerBits-1:0]  whole;
  assign sign   = code_i[Bits-1];
  assign field  = code_i[Bits-2 -: ExponentBits];
  assign normal = |field;
  assign shift  = field - {{(ExponentBits-1){1'b0}}, normal};
  generate
    if (Significand == 1) begin : g_power
      assign significand = normal;
    end else begin : g_mantissa
      assign significand = {normal, code_i[Significand-2:0]};
    end
    if (Fixed && MaxShift > 0) begin : g_shift
      assign magnitude = {{MaxShift{1'b0}}, significand} << shift;
    end else begin : g_keep
      assign magnitude = significand;
    end
  endgenerate
  assign whole = ({1'b0, magnitude} ^ {IntegerBits{sign}}) + {{(IntegerBits-1){1'b0}}, sign};
  generate
    if (ShiftBits == 0) begin : g_whole
      assign element_o = whole;
      if (!Fixed || MaxShift == 0) begin : g_unused
        logic unused;
        assign unused = ^shift;
      end
    end else begin : g_pair
      assign element_o = {MaxShift[ShiftBits-1:0] - shift, whole};
    end
  endgenerate
endmodule
