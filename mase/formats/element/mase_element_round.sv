// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A normalised magnitude and its sign to the nearest element, as a code. The top bit weighs as the leading bit of the
// format's largest element. Combinational. (arithmetic.md A10, A19, A26)
module mase_element_round #(
  parameter int MagnitudeBits = 23,
  parameter int Bits = 8,                // of a code
  parameter int ExponentBits = 0,        // 0: two's complement; else a float: sign, exponent field, mantissa
  parameter int MaxShift = 0,            // of the largest number
  parameter int LargestCode = 127,
  parameter int TableBits = 0,           // of the magnitudes of a table; 0: there is none
  parameter int Decisions = 1,
  parameter logic [Decisions*(TableBits+Bits+2)-1:0] Table = '0,   // of mase_table_round
  parameter logic [Bits-1:0] TableZero = '0
) (
  input  logic [MagnitudeBits-1:0] normal_i,
  input  logic                     sign_i,
  output logic [Bits-1:0]          element_o
);
  generate
    if (TableBits > 0) begin : g_table
      mase_table_round #(.MagnitudeBits(MagnitudeBits), .Bits(Bits), .TableBits(TableBits), .Decisions(Decisions),
                         .Table(Table), .Zero(TableZero)) u_round (
        .normal_i(normal_i), .sign_i(sign_i), .element_o(element_o));
    end else if (ExponentBits == 0) begin : g_integer
      mase_mx_round #(.MagnitudeBits(MagnitudeBits), .OutputBits(Bits)) u_round (
        .normal_i(normal_i), .sign_i(sign_i), .element_o(element_o));
    end else begin : g_float
      mase_float_round #(.MagnitudeBits(MagnitudeBits), .Bits(Bits), .ExponentBits(ExponentBits), .MaxShift(MaxShift),
                         .LargestCode(LargestCode)) u_round (
        .normal_i(normal_i), .sign_i(sign_i), .element_o(element_o));
    end
  endgenerate
endmodule
