// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exact sum of aligned terms, Terms of them a cycle. Latency 1 enabled cycle, rate 1. (arithmetic.md A6, A7, A8)
module mase_mx_accumulate #(
  parameter int Terms = 1,               // terms that arrive side by side
  parameter int AlignedBits = 22,        // bits of an aligned term
  parameter int SumBits = 24             // bits of the sum, at least AlignedBits + log2 of all its terms
) (
  input  logic                         clk_i,
  input  logic                         rst_i,       // synchronous, active high
  input  logic                         enable_i,
  input  logic                         last_i,      // these terms complete a sum
  input  logic [Terms*AlignedBits-1:0] aligned_i,
  input  logic [Terms-1:0]             half_i,
  output logic [SumBits-1:0]           sum_o
);
  // Each addition takes its half as carry-in: the bit below the sum, where 1 + half carries exactly when half is set.
  // The running sum is cleared by its reset when it leaves: masking it in the adder would cost a LUT a bit.
  logic [SumBits-1:0] running_q, sum_q;
  generate
    for (genvar t = 0; t < Terms; t = t + 1) begin : g_term
      logic [SumBits-1:0] partial;
      logic [SumBits:0]   total;
      logic               unused;
      assign unused = total[0];
      if (t == 0) begin : g_first
        assign partial = running_q;
      end else begin : g_next
        assign partial = g_term[t-1].total[SumBits:1];
      end
      assign total = {partial, 1'b1} + {{(SumBits-AlignedBits){aligned_i[t*AlignedBits + AlignedBits - 1]}},
                                        aligned_i[t*AlignedBits +: AlignedBits], half_i[t]};
    end
  endgenerate
  always_ff @(posedge clk_i) begin
    if (rst_i | (enable_i & last_i)) running_q <= '0;
    else if (enable_i) running_q <= g_term[Terms-1].total[SumBits:1];
    if (enable_i) sum_q <= g_term[Terms-1].total[SumBits:1];
  end
  assign sum_o = sum_q;
endmodule
