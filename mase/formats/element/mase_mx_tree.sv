// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sum of signed numbers by a tree of adders. Each may come with a carry that is to be added: the adders, one fewer than
// numbers, take all but the last. Latency 1 enabled cycle, rate 1. (arithmetic.md A4)
module mase_mx_tree #(
  parameter int Lanes = 32,              // numbers, a power of two
  parameter int Bits = 15,               // of a number; number and carry stay above -2^(Bits-1) and below 2^(Bits-1)
  parameter bit Carries = 1'b0,          // carry_i is used, but for its last bit
  localparam int Levels = $clog2(Lanes),
  localparam int SumBits = Bits + Levels
) (
  input  logic                  clk_i,
  input  logic                  enable_i,
  input  logic [Lanes*Bits-1:0] x_i,
  input  logic [Lanes-1:0]      carry_i,
  output logic [SumBits-1:0]    sum_o
);
  logic unused;
  assign unused = Carries ? carry_i[Lanes-1] : ^carry_i;
  logic [SumBits-1:0] sum_q;
  generate
    for (genvar l = 0; l < Levels; l = l + 1) begin : g_level   // adds neighbours; one bit wider each time
      localparam int Narrow = Bits + l;
      localparam int Count = Lanes >> (l + 1);
      localparam int Carry = Lanes - (Lanes >> l);              // of the level's first adder
      logic [2*Count*Narrow-1:0]   x;
      logic [Count*(Narrow+1)-1:0] y;
      if (l == 0) begin : g_numbers
        assign x = x_i;
      end else begin : g_sums
        assign x = g_level[l-1].y;
      end
      for (genvar n = 0; n < Count; n = n + 1) begin : g_node
        logic [Narrow:0] left, right;
        assign left  = {x[2*n*Narrow + Narrow - 1], x[2*n*Narrow +: Narrow]};
        assign right = {x[(2*n+1)*Narrow + Narrow - 1], x[(2*n+1)*Narrow +: Narrow]};
        if (Carries) begin : g_carry     // from the bit below the sum: 1 + carry carries exactly when carry is set
          logic unused_low;
          assign {y[n*(Narrow+1) +: Narrow+1], unused_low} = {left, 1'b1} + {right, carry_i[Carry+n]};
        end else begin : g_plain
          assign y[n*(Narrow+1) +: Narrow+1] = left + right;
        end
      end
    end
    if (Levels == 0) begin : g_single
      always_ff @(posedge clk_i) if (enable_i) sum_q <= x_i;
    end else begin : g_tree
      always_ff @(posedge clk_i) if (enable_i) sum_q <= g_level[Levels-1].y;
    end
  endgenerate
  assign sum_o = sum_q;
endmodule
