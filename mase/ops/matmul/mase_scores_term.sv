// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A term at its place among the absolute ones: shifted, rounded and saturated to 34 bits. Latency 2 enabled cycles,
// rate 1. (operators.md O14)
module mase_scores_term #(
  parameter int TermBits = 20,           // sign included
  parameter int ShiftBits = 12
) (
  input  logic                 clk_i,
  input  logic                 enable_i,
  input  logic [TermBits-1:0]  term_i,
  input  logic [ShiftBits-1:0] shift_i,  // to the right, from 33 bits above: 33 leaves the term as it is
  output logic [33:0]          term_o
);
  localparam int AlignedBits = TermBits + 33;
  localparam logic [33:0] Largest = {1'b0, {33{1'b1}}};
  localparam logic [33:0] Least = {1'b1, 32'b0, 1'b1};   // its negative
  logic [AlignedBits-1:0] aligned, aligned_q;
  logic                   half, half_q, over, sign;
  logic [33:0]            rounded, limited, term_q;
  mase_mx_align #(.TermBits(TermBits), .GuardBits(33), .ShiftBits(ShiftBits)) u_align (
    .term_i(term_i), .shift_i(shift_i), .aligned_o(aligned), .half_o(half));
  // Rounding up may reach 2^33; -2^33 is no term either.
  assign sign    = aligned_q[AlignedBits-1];
  assign over    = aligned_q[AlignedBits-1:33] != {TermBits{sign}};
  assign rounded = aligned_q[33:0] + {33'b0, half_q};
  assign limited = sign ? ((over | (rounded[33] & ~|rounded[32:0])) ? Least : rounded)
                        : ((over | rounded[33]) ? Largest : rounded);
  always_ff @(posedge clk_i) if (enable_i) begin
    aligned_q <= aligned;
    half_q    <= half;
    term_q    <= limited;
  end
  assign term_o = term_q;
endmodule
