// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Product of two decoded elements in the product window: exact where the window holds every product of the two formats,
// rounded half up to its unit where not. Combinational. (arithmetic.md A4, A18)
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
  localparam int MaxShift = AMaxShift + BMaxShift;
  // Where one is symmetric, the top bit of the product is a copy of the sign.
  localparam int ExactBits = (WindowBits == ABits + BBits - 1) ? ABits + BBits : ABits + BBits - 1;
  logic [ABits+BBits-1:0] product;
  logic                   unused;
  assign unused = product[ABits+BBits-1];
  generate
    if (ABits >= BBits) begin : g_narrow_b
      mase_mx_mul #(.ABits(ABits), .BBits(BBits)) u_mul (.a_i(a_i[ABits-1:0]), .b_i(b_i[BBits-1:0]), .y_o(product));
    end else begin : g_narrow_a
      mase_mx_mul #(.ABits(BBits), .BBits(ABits)) u_mul (.a_i(b_i[BBits-1:0]), .b_i(a_i[ABits-1:0]), .y_o(product));
    end
    if (MaxShift == 0) begin : g_plain
      assign product_o = product[ExactBits-1:0];
    end else begin : g_shift
      // Down from the place of the largest shift.
      localparam int Space = WindowBits + 1 - ExactBits;
      localparam int ShiftBits = $clog2(MaxShift + 1);
      logic [ShiftBits-1:0] down;
      logic [WindowBits:0]  aligned;
      logic                 half;
      if (AMaxShift == 0) begin : g_b_alone
        assign down = b_i[BShiftBits+BBits-1:BBits];
      end else if (BMaxShift == 0) begin : g_a_alone
        assign down = a_i[AShiftBits+ABits-1:ABits];
      end else begin : g_both
        assign down = ShiftBits'(a_i[AShiftBits+ABits-1:ABits]) + ShiftBits'(b_i[BShiftBits+BBits-1:BBits]);
      end
      mase_mx_align #(.TermBits(ExactBits), .GuardBits(Space), .ShiftBits(ShiftBits)) u_align (
        .term_i(product[ExactBits-1:0]), .shift_i(down), .aligned_o(aligned), .half_o(half));
      if (Space >= MaxShift) begin : g_exact
        logic unused_half;
        assign unused_half = half;
        assign product_o   = aligned;
      end else begin : g_round
        assign product_o = aligned + {{WindowBits{1'b0}}, half};
      end
    end
  endgenerate
endmodule
