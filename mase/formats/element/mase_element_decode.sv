// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a code means: an integer and how far its shift is below the largest, {drop, integer}. The one place where a
// linear meets its operands' elements. Combinational. (arithmetic.md A2, A17)
module mase_element_decode #(
  parameter int Bits = 4,                // of a code
  parameter int ExponentBits = 0,        // 0: two's complement; else a float: sign, exponent field, mantissa
  parameter int MaxShift = 0,            // largest shift of a number
  parameter bit Fixed = 1'b1,            // shift here: the integer is whole and no shift is left
  parameter int TableBits = 0,           // of the magnitudes in Table; 0: there is none
  parameter logic [(1<<Bits)*(TableBits+1)-1:0] Table = '0,   // the integer of each code, code 0 lowest
  localparam int Significand = (TableBits > 0) ? TableBits : (ExponentBits == 0) ? Bits - 1 : Bits - ExponentBits,
  localparam int IntegerBits = 1 + Significand + (Fixed ? MaxShift : 0),
  localparam int ShiftBits = (Fixed || MaxShift == 0) ? 0 : $clog2(MaxShift + 1)
) (
  input  logic [Bits-1:0]                  code_i,
  output logic [ShiftBits+IntegerBits-1:0] element_o
);
  generate
    if (TableBits > 0) begin : g_table
      assign element_o = Table[code_i*(TableBits+1) +: TableBits+1];
    end else if (ExponentBits == 0) begin : g_integer
      assign element_o = code_i;
    end else begin : g_float
      mase_float_decode #(.Bits(Bits), .ExponentBits(ExponentBits), .MaxShift(MaxShift), .Fixed(Fixed)) u_decode (
        .code_i(code_i), .element_o(element_o));
    end
  endgenerate
endmodule
