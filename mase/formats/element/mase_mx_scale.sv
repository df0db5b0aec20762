// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a block's magnitudes, or-ed together, to the left shift that normalises them and the scale that is stored.
// Combinational. (arithmetic.md A9, A11, A12, A13, A20)
module mase_mx_scale #(
  parameter int MagnitudeBits = 23,      // bits of a magnitude
  parameter int TopBits = 11,            // bits of top, sign included
  parameter int Rounds = 0,              // 1: pair_i counts
  parameter int ScaleBits = 8,           // of a stored scale
  parameter int Room = 0,                // of narrow scales: a shift of so many stands for none, less is to the right
  localparam int ShiftBits = $clog2(MagnitudeBits + Room + 1)
) (
  input  logic [MagnitudeBits-1:0] any_i,
  input  logic [MagnitudeBits-1:0] pair_i,   // a leading one with a one behind it: the scale is rounded up
  input  logic [TopBits-1:0]       top_i,    // stored scale of a block whose leading bit is set, before clamping
  output logic [ShiftBits-1:0]     shift_o,
  output logic [ScaleBits-1:0]     scale_o
);
  logic [MagnitudeBits-1:0] pair;
  assign pair = (Rounds != 0) ? pair_i : '0;
  logic [ShiftBits-1:0] zeros;               // leading zeros of any, one less where the scale is rounded up
  always_comb begin
    zeros = '0;
    for (int k = 0; k < MagnitudeBits; k = k + 1)
      if (any_i[k]) zeros = ShiftBits'(MagnitudeBits - 1 - k) - {{(ShiftBits-1){1'b0}}, pair[k]};
  end
  logic               none, deep, clamped;   // A11; A12; the scale would be negative, A9
  logic [TopBits-1:0] stored;
  assign none    = any_i == '0;
  assign deep    = top_i[TopBits-1];
  assign stored  = top_i - {{(TopBits-ShiftBits){1'b0}}, zeros};
  assign clamped = stored[TopBits-1];
  generate
    if (ScaleBits == 8) begin : g_wide
      assign shift_o = deep ? '1 : clamped ? top_i[ShiftBits-1:0] : zeros;
      assign scale_o = (none | deep | clamped) ? 8'd0
                     : (|stored[TopBits-2:8] | (&stored[7:0])) ? 8'd254 : stored[7:0];
    end else begin : g_narrow            // the scale is limited, and elements take what it leaves: F6
      localparam int Most = (1 << ScaleBits) - 2;
      logic               over;
      logic [TopBits-1:0] shift;         // from Room on; top is below zero where the row is deep
      assign over    = ~clamped & (stored > Most[TopBits-1:0]);
      assign shift   = (clamped ? top_i : over ? top_i - Most[TopBits-1:0] : {{(TopBits-ShiftBits){1'b0}}, zeros})
                     + Room[TopBits-1:0];
      assign shift_o = shift[TopBits-1] ? '0 : (|shift[TopBits-2:ShiftBits]) ? '1 : shift[ShiftBits-1:0];
      assign scale_o = (none | clamped) ? '0 : over ? Most[ScaleBits-1:0] : stored[ScaleBits-1:0];
      logic unused;
      assign unused = deep;
    end
  endgenerate
endmodule
