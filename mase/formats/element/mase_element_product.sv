// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Product of two decoded elements in the product window, multiplied by carry rows. Combinational. (arithmetic.md A4, A18)
module mase_element_product #(
  parameter int ABits = 4,               // of a's integer, sign included
  parameter int AMaxShift = 0,
  parameter int BBits = 4,
  parameter int BMaxShift = 0,
  parameter int WindowBits = 6,          // |product| < 2^WindowBits; at least ABits + BBits - 2, and one more where
                                         // neither is symmetric
  localparam int AShiftBits = (AMaxShift == 0) ? 0 : $clog2(AMaxShift + 1),
  localparam int BShiftBits = (BMaxShift == 0) ? 0 : $clog2(BMaxShift + 1)
) (
  input  logic [AShiftBits+ABits-1:0] a_i,   // {drop, integer}
  input  logic [BShiftBits+BBits-1:0] b_i,
  output logic [WindowBits:0]         product_o
);
  // Where one is symmetric, the top bit of the product is a copy of the sign.
  localparam int ExactBits = (WindowBits == ABits + BBits - 1) ? ABits + BBits : ABits + BBits - 1;
  localparam int ADropBits = (AMaxShift == 0) ? 1 : AShiftBits;
  localparam int BDropBits = (BMaxShift == 0) ? 1 : BShiftBits;
  logic [ABits+BBits-1:0] product;
  logic                   unused;
  assign unused = product[ABits+BBits-1];
  generate
    if (ABits >= BBits) begin : g_narrow_b
      mase_mx_mul #(.ABits(ABits), .BBits(BBits)) u_mul (.a_i(a_i[ABits-1:0]), .b_i(b_i[BBits-1:0]), .y_o(product));
    end else begin : g_narrow_a
      mase_mx_mul #(.ABits(BBits), .BBits(ABits)) u_mul (.a_i(b_i[BBits-1:0]), .b_i(a_i[ABits-1:0]), .y_o(product));
    end
  endgenerate
  mase_element_window #(
    .ExactBits(ExactBits), .AMaxShift(AMaxShift), .BMaxShift(BMaxShift), .WindowBits(WindowBits)) u_window (
    .integer_i(product[ExactBits-1:0]), .a_drop_i(ADropBits'(a_i >> ABits)), .b_drop_i(BDropBits'(b_i >> BBits)),
    .product_o(product_o));
endmodule
