// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exact dot product of two tiles of elements: a term, or the part of one that a narrow tile sees. Latency 2 enabled
// cycles, rate 1. (arithmetic.md A1, A4)
module mase_mx_dot #(
  parameter int Lanes = 32,              // elements a tile, a power of two
  parameter int ABits = 4,               // bits of an element of a
  parameter int BBits = 4,               // bits of an element of b
  localparam int ProductBits = ABits + BBits - 1,   // A1: never -2^(ABits-1) * -2^(BBits-1)
  localparam int Levels = $clog2(Lanes),
  localparam int SumBits = ProductBits + Levels
) (
  input  logic                   clk_i,
  input  logic                   enable_i,
  input  logic [Lanes*ABits-1:0] a_i,
  input  logic [Lanes*BBits-1:0] b_i,
  output logic [SumBits-1:0]     sum_o
);
  logic [Lanes*ProductBits-1:0] product_q;
  generate
    for (genvar i = 0; i < Lanes; i = i + 1) begin : g_lane
      logic [ABits+BBits-1:0] product;
      logic                   unused;
      if (ABits >= BBits) begin : g_narrow_b
        mase_mx_mul #(.ABits(ABits), .BBits(BBits)) u_mul (
          .a_i(a_i[i*ABits +: ABits]), .b_i(b_i[i*BBits +: BBits]), .y_o(product));
      end else begin : g_narrow_a
        mase_mx_mul #(.ABits(BBits), .BBits(ABits)) u_mul (
          .a_i(b_i[i*BBits +: BBits]), .b_i(a_i[i*ABits +: ABits]), .y_o(product));
      end
      assign unused = product[ABits+BBits-1];   // a copy of the sign, by A1
      always_ff @(posedge clk_i) if (enable_i) product_q[i*ProductBits +: ProductBits] <= product[ProductBits-1:0];
    end

    for (genvar l = 0; l < Levels; l = l + 1) begin : g_level   // adds neighbours; one bit wider each time
      localparam int Bits = ProductBits + l;
      localparam int Count = Lanes >> (l + 1);
      logic [2*Count*Bits-1:0]   x;
      logic [Count*(Bits+1)-1:0] y;
      if (l == 0) begin : g_products
        assign x = product_q;
      end else begin : g_sums
        assign x = g_level[l-1].y;
      end
      for (genvar n = 0; n < Count; n = n + 1) begin : g_node
        assign y[n*(Bits+1) +: Bits+1] = {x[2*n*Bits + Bits - 1], x[2*n*Bits +: Bits]}
                                       + {x[(2*n+1)*Bits + Bits - 1], x[(2*n+1)*Bits +: Bits]};
      end
    end

    logic [SumBits-1:0] sum_q;
    if (Levels == 0) begin : g_single
      always_ff @(posedge clk_i) if (enable_i) sum_q <= product_q;
    end else begin : g_tree
      always_ff @(posedge clk_i) if (enable_i) sum_q <= g_level[Levels-1].y;
    end
  endgenerate
  assign sum_o = sum_q;
endmodule
