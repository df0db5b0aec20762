// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An exact product of two integers with the shifts of both elements, in the product window: exact where the window holds
// every product of the two formats, rounded half up to its unit where not. Combinational. (arithmetic.md A18)
module mase_element_window #(
  parameter int ExactBits = 7,           // of a product of integers, sign included
  parameter int AMaxShift = 0,
  parameter int BMaxShift = 0,
  parameter int WindowBits = 6,          // |product| < 2^WindowBits; at least ExactBits - 1
  localparam int AShiftBits = (AMaxShift == 0) ? 1 : $clog2(AMaxShift + 1),
  localparam int BShiftBits = (BMaxShift == 0) ? 1 : $clog2(BMaxShift + 1)
) (
  input  logic [ExactBits-1:0]  integer_i,
  input  logic [AShiftBits-1:0] a_drop_i,  // how far each shift is below the largest; without shifts not used
  input  logic [BShiftBits-1:0] b_drop_i,
  output logic [WindowBits:0]   product_o
);
  localparam int MaxShift = AMaxShift + BMaxShift;
  generate
    if (MaxShift == 0) begin : g_plain
      logic unused;
      assign unused    = ^{a_drop_i, b_drop_i};
      assign product_o = integer_i;
    end else begin : g_shift
      // Down from the place of the largest shift.
      localparam int Space = WindowBits + 1 - ExactBits;
      localparam int ShiftBits = $clog2(MaxShift + 1);
      logic [ShiftBits-1:0] down;
      logic [WindowBits:0]  aligned;
      logic                 half;
      if (AMaxShift == 0) begin : g_b_alone
        logic unused;
        assign unused = ^a_drop_i;
        assign down   = b_drop_i;
      end else if (BMaxShift == 0) begin : g_a_alone
        logic unused;
        assign unused = ^b_drop_i;
        assign down   = a_drop_i;
      end else begin : g_both
        assign down = ShiftBits'(a_drop_i) + ShiftBits'(b_drop_i);
      end
      mase_mx_align #(.TermBits(ExactBits), .GuardBits(Space), .ShiftBits(ShiftBits)) u_align (
        .term_i(integer_i), .shift_i(down), .aligned_o(aligned), .half_o(half));
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
