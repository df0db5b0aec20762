// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products of one element with Count others, all by one multiplier of 27 x 18 bits: the others stand Spacing bits apart
// in its wide operand. A product comes as a field of the multiplier's output and a carry, which its sum must add.
// Combinational. (arithmetic.md A4; docs/rtl.md: why the fields are right; idea: AMD WP486, WP521)
//   Spacing = ABits + BBits - 1, so that |product| < 2^(Spacing-1): the products below a field are less than half of its
//   unit, and take at most one from it, exactly when they are negative together.
module mase_mx_pack #(
  parameter int ABits = 8,               // bits of the shared element, sign included, at most 18
  parameter int BBits = 8,               // bits of the others, sign included, symmetric
  parameter int Count = 2,               // (Count-1)*Spacing + BBits <= 27
  localparam int Spacing = ABits + BBits - 1
) (
  input  logic [ABits-1:0]         a_i,
  input  logic [Count*BBits-1:0]   b_i,
  output logic [Count*Spacing-1:0] field_o,
  output logic [Count-1:0]         carry_o
);
  localparam int Wide = (Count - 1) * Spacing + BBits;
  logic [Wide-1:0]              packed_b;
  logic signed [Wide-1:0]       wide;
  logic signed [ABits-1:0]      shared;
  logic signed [Wide+ABits-1:0] product;
  generate
    for (genvar n = 0; n < Count; n = n + 1) begin : g_field
      logic [BBits-1:0] element;         // one less if those below are negative: A1 leaves room for it
      if (n == 0) begin : g_lowest
        assign element    = b_i[BBits-1:0];
        assign carry_o[0] = 1'b0;
      end else begin : g_above
        logic below;
        assign below      = g_field[n-1].element[BBits-1];
        assign carry_o[n] = product[n*Spacing-1];
        for (genvar k = 0; k < BBits; k = k + 1) begin : g_bit   // logic instead of a carry chain: a LUT a bit
          if (k == 0) begin : g_first
            assign element[k] = b_i[n*BBits] ^ below;
          end else begin : g_next
            assign element[k] = b_i[n*BBits + k] ^ (below & ~|b_i[n*BBits +: k]);
          end
        end
      end
      if (n == Count - 1) begin : g_top
        assign packed_b[n*Spacing +: BBits] = element;
      end else begin : g_inner
        assign packed_b[n*Spacing +: Spacing] = {{(Spacing-BBits){element[BBits-1]}}, element};
      end
      assign field_o[n*Spacing +: Spacing] = product[n*Spacing +: Spacing];
    end
  endgenerate
  assign wide    = packed_b;
  assign shared  = a_i;
  assign product = wide * shared;
  logic unused;
  assign unused = product[Wide+ABits-1];
endmodule
