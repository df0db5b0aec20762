// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements of a beat as mase_mx_dot takes them, {drop, integer}, symmetric: static ones that are not get a bit more.
// Combinational. (arithmetic.md A1, A2, A17, A18)
module mase_operand_decode #(
  parameter int Lanes = 4,
  parameter int Bits = 8,                // of an element's code
  parameter int ExponentBits = 0,        // 0: two's complement; else a float
  parameter int MaxShift = 0,            // of the largest float
  parameter bit Fixed = 1'b1,            // shift here
  parameter int ElementBits = 8          // of a decoded element, as mase_element_decode; of integers at least Bits
) (
  input  logic [Lanes*Bits-1:0]        code_i,
  output logic [Lanes*ElementBits-1:0] element_o
);
  generate
    for (genvar i = 0; i < Lanes; i = i + 1) begin : g_lane
      if (ExponentBits == 0) begin : g_integer
        assign element_o[i*ElementBits +: ElementBits] = ElementBits'($signed(code_i[i*Bits +: Bits]));
      end else begin : g_float
        mase_element_decode #(.Bits(Bits), .ExponentBits(ExponentBits), .MaxShift(MaxShift), .Fixed(Fixed)) u_decode (
          .code_i(code_i[i*Bits +: Bits]), .element_o(element_o[i*ElementBits +: ElementBits]));
      end
    end
  endgenerate
endmodule
