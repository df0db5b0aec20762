// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rounded mean of a row: sums beats, then multiplies by the reciprocal of their number. (operators.md O9)
module mase_norm_mean #(
  parameter int Lanes = 4,
  parameter int Bits = 18,               // of an element, signed
  parameter int FeatureBits = 6,         // ceil(log2) of the elements of a row
  parameter int Rho = 65536
) (
  input  logic                  clk_i,
  input  logic                  rst_i,
  input  logic                  clear_i,   // before a row's first beat
  input  logic                  move_i,
  input  logic [Lanes*Bits-1:0] a_i,
  input  logic [1:0]            valid_i,   // a beat is at a_i; one was there a move ago
  input  logic                  last_i,    // that one is the row's last
  output logic [Bits:0]         mean_o,    // until the next row's last beat
  output logic                  done_o     // it is the current row's from here on
);
  localparam int SumBits = Bits + FeatureBits;
  localparam int LaneBits = Bits + $clog2(Lanes);
  localparam int Shift = 16 + FeatureBits;
  logic [LaneBits-1:0]         beat, beat_q;
  logic signed [SumBits-1:0]   sum_q;
  logic signed [18:0]          rho;
  logic signed [SumBits+18:0]  product_q;
  logic [SumBits+18:0]         rounded;
  logic [Bits:0]               mean_q;
  logic [2:0]                  done_q;
  logic                        unused;
  assign rho = 19'(Rho);
  always_comb begin
    beat = '0;
    for (int i = 0; i < Lanes; i = i + 1)
      beat = beat + {{(LaneBits-Bits+1){a_i[i*Bits + Bits - 1]}}, a_i[i*Bits +: Bits-1]};
  end
  always_ff @(posedge clk_i) begin
    if (move_i & valid_i[0]) beat_q <= beat;
    if (clear_i) sum_q <= '0;
    else if (move_i & valid_i[1]) sum_q <= sum_q + {{(SumBits-LaneBits+1){beat_q[LaneBits-1]}}, beat_q[LaneBits-2:0]};
    product_q <= sum_q * rho;
    if (done_q[1]) mean_q <= rounded[Shift +: Bits+1];
    if (rst_i) done_q <= '0;
    else done_q <= {done_q[1:0], move_i & last_i};
  end
  assign rounded = product_q + ({{(SumBits+18){1'b0}}, 1'b1} << (Shift - 1));
  assign unused  = (^rounded[Shift-1:0]) ^ (^(rounded >> (Shift + Bits + 1)));
  assign mean_o  = mean_q;
  assign done_o  = done_q[2];
endmodule
