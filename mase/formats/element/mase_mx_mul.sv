// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exact product of two signed elements. Combinational. (arithmetic.md A4)
// Under SYNTHESIS: rows of carry chains, one for each bit of b, which take ABits * BBits LUTs (64 at 8 x 8 bits) where
// a compressor tree takes 182. Put the narrower operand on b. `make verify` proves both forms equal for 2..8 x 2..8 bits.
module mase_mx_mul #(
  parameter int ABits = 4,               // bits of a, sign included
  parameter int BBits = 4                // bits of b, sign included, at least 2
) (
  input  logic [ABits-1:0]       a_i,
  input  logic [BBits-1:0]       b_i,
  output logic [ABits+BBits-1:0] y_o
);
`ifdef SYNTHESIS
  generate
    for (genvar r = 0; r < BBits; r = r + 1) begin : g_row
      logic [ABits:0] partial, sum;      // sum: the product of a and the bits of b up to r, without its low r bits
      assign partial = b_i[r] ? {a_i[ABits-1], a_i} : '0;
      if (r == 0) begin : g_first
        assign sum = partial;
      end else begin : g_next
        logic [ABits:0] above;
        assign above = {g_row[r-1].sum[ABits], g_row[r-1].sum[ABits:1]};
        if (r == BBits - 1) begin : g_sign   // the sign bit of b weighs -2^r
          assign sum = above - partial;
        end else begin : g_weight
          // above + partial. A difference feeds the carry chain from its left side, so that masking and adding share a
          // LUT; of a sum, synthesis may take either side, and the masked one costs a LUT a bit more.
          logic unused;
          assign {sum, unused} = {above, 1'b0} - {~partial, 1'b1};
        end
      end
      if (r == BBits - 1) begin : g_top
        assign y_o[ABits+BBits-1:r] = sum;
      end else begin : g_low
        assign y_o[r] = sum[0];
      end
    end
  endgenerate
`else
  logic signed [ABits-1:0] a;
  logic signed [BBits-1:0] b;
  logic signed [ABits+BBits-1:0] y;
  assign a = a_i;
  assign b = b_i;
  assign y = a * b;
  assign y_o = y;
`endif
endmodule
