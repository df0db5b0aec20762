// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a stored scale means: an exponent, and a significand where it is no power of two. Combinational.
// (arithmetic.md A21)
module mase_scale_decode #(
  parameter int Bits = 8,
  parameter int ExponentBits = 0,        // 0: the code is the exponent; else a small float without sign
  localparam int Significand = (ExponentBits == 0) ? 1 : Bits - ExponentBits
) (
  input  logic [Bits-1:0]        code_i,
  output logic [7:0]             exponent_o,
  output logic [Significand-1:0] significand_o
);
  generate
    if (ExponentBits == 0) begin : g_power
      assign exponent_o    = 8'(code_i);
      assign significand_o = 1'b1;
    end else begin : g_float             // the sign, on top, is never set
      logic [ExponentBits-1:0] field;
      logic                    normal, unused;
      assign unused        = code_i[Bits-1];
      assign field         = code_i[Bits-2 -: ExponentBits];
      assign normal        = |field;
      assign exponent_o    = 8'(field) - {7'd0, normal};
      assign significand_o = {normal, code_i[Significand-2:0]};
    end
  endgenerate
endmodule
