// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Dot product of two tiles of decoded elements: a term, or the part of one that a narrow tile sees. Latency 2 enabled
// cycles, rate 1. (arithmetic.md A1, A4, A18)
module mase_mx_dot #(
  parameter int Lanes = 32,              // elements a tile, a power of two
  parameter int ABits = 4,               // bits of an integer of a
  parameter int AMaxShift = 0,
  parameter int BBits = 4,               // bits of an integer of b
  parameter int BMaxShift = 0,
  parameter int WindowBits = ABits + BBits - 2,     // |product| < 2^WindowBits, A18
  localparam int AElement = ABits + ((AMaxShift == 0) ? 0 : $clog2(AMaxShift + 1)),
  localparam int BElement = BBits + ((BMaxShift == 0) ? 0 : $clog2(BMaxShift + 1)),
  localparam int ProductBits = WindowBits + 1,      // A1: never -2^(ABits-1) * -2^(BBits-1)
  localparam int Levels = $clog2(Lanes),
  localparam int SumBits = ProductBits + Levels
) (
  input  logic                      clk_i,
  input  logic                      enable_i,
  input  logic [Lanes*AElement-1:0] a_i,
  input  logic [Lanes*BElement-1:0] b_i,
  output logic [SumBits-1:0]        sum_o
);
  logic [Lanes*ProductBits-1:0] product_q;
  generate
    for (genvar i = 0; i < Lanes; i = i + 1) begin : g_lane
      logic [ProductBits-1:0] product;
      mase_element_product #(
        .ABits(ABits), .AMaxShift(AMaxShift), .BBits(BBits), .BMaxShift(BMaxShift), .WindowBits(WindowBits)) u_product (
        .a_i(a_i[i*AElement +: AElement]), .b_i(b_i[i*BElement +: BElement]), .product_o(product));
      always_ff @(posedge clk_i) if (enable_i) product_q[i*ProductBits +: ProductBits] <= product;
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
