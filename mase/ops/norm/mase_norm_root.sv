// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The reciprocal root of a row's sum of squares and epsilon: 2^-16 factor 2^-log. A beat's squares are added three
// moves after it. (operators.md O10, O11)
module mase_norm_root #(
  parameter int Lanes = 4,
  parameter int Bits = 19,               // of a deviation, signed
  parameter int Dropped = 1,             // D
  parameter int FeatureBits = 6,         // ceil(log2) of the elements of a row
  parameter int Wide = 0,                // 1: |c| <= 2^23, else 2^17
  parameter int Kappa = 0,
  parameter int KappaExponent = 0,
  parameter int IndexBits = 9,
  parameter int SlopeBits = 9,
  parameter logic [((17+SlopeBits)<<IndexBits)-1:0] Words = '0
) (
  input  logic                  clk_i,
  input  logic                  rst_i,
  input  logic                  clear_i,     // before a row's first beat
  input  logic                  move_i,
  input  logic [Lanes*Bits-1:0] d_i,
  input  logic                  valid_i,     // a beat was at d_i three moves ago
  input  logic                  last_i,      // and it is the row's last
  input  logic [11:0]           exponent_i,  // E of the row, signed
  output logic [16:0]           factor_o,    // until the next row's last beat
  output logic [5:0]            log_o,
  output logic                  done_o       // they are the current row's from here on
);
  localparam int CBits = (Dropped == 0) ? Bits : Bits - Dropped + 1;
  localparam int SumBits = ((Wide != 0) ? 49 : 37) + FeatureBits;
  localparam int LaneBits = 2 * CBits + $clog2(Lanes);
  logic [Lanes*CBits-1:0]   c_q;
  logic [Lanes*2*CBits-1:0] square_q;
  logic [LaneBits-1:0]      beat, beat_q;
  logic [SumBits-1:0]       sum_q;
  generate
    for (genvar i = 0; i < Lanes; i = i + 1) begin : g_lane
      logic signed [CBits-1:0]   c;
      logic signed [2*CBits-1:0] square;
      if (Dropped == 0) begin : g_all
        always_ff @(posedge clk_i) if (move_i) c_q[i*CBits +: CBits] <= d_i[i*Bits +: Bits];
      end else begin : g_round
        always_ff @(posedge clk_i) if (move_i)
          c_q[i*CBits +: CBits] <= {d_i[i*Bits + Bits - 1], d_i[i*Bits + Dropped +: Bits-Dropped]}
                                 + {{(CBits-1){1'b0}}, d_i[i*Bits + Dropped - 1]};
      end
      assign c      = c_q[i*CBits +: CBits];
      assign square = c * c;
      always_ff @(posedge clk_i) if (move_i) square_q[i*2*CBits +: 2*CBits] <= square;
    end
  endgenerate
  always_comb begin
    beat = '0;
    for (int i = 0; i < Lanes; i = i + 1) beat = beat + LaneBits'(square_q[i*2*CBits +: 2*CBits]);
  end
  always_ff @(posedge clk_i) begin
    if (move_i) beat_q <= beat;
    if (clear_i) sum_q <= '0;
    else if (move_i & valid_i) sum_q <= sum_q + SumBits'(beat_q);
  end

  // n epsilon in units of the squares. It only moves to the right from where the least exponent puts it.
  localparam int Guard = 18 + FeatureBits;
  localparam int EpsilonBits = 17 + Guard;
  localparam int Base = 2 * (Dropped - 10) - KappaExponent + Guard;
  logic [12:0]            right, right_q;
  logic [EpsilonBits-1:0] epsilon;
  logic                   epsilon_half;
  logic [SumBits-1:0]     epsilon_q;
  assign right = {exponent_i, 1'b0} + Base[12:0];
  mase_mx_align #(.TermBits(17), .GuardBits(Guard), .ShiftBits(13)) u_epsilon (
    .term_i(17'(Kappa)), .shift_i(right_q), .aligned_o(epsilon), .half_o(epsilon_half));
  always_ff @(posedge clk_i) begin
    right_q   <= right;
    epsilon_q <= SumBits'(epsilon) + {{(SumBits-1){1'b0}}, epsilon_half};
  end

  // The leading one, halved; then the 17 bits from there.
  localparam int Pairs = (SumBits + 1) / 2;
  logic [2*Pairs-1:0]   variance_q, wide;
  logic [2*Pairs+14:0]  shifted;
  logic [5:0]           log, log_q;
  logic [16:0]          argument_q;
  logic [16:0]          factor;
  logic [6:0]           done_q;
  logic                 unused;
  assign wide = (2*Pairs)'(sum_q + epsilon_q);
  always_comb begin
    log = '0;
    for (int k = 0; k < Pairs; k = k + 1)
      if (|variance_q[2*k +: 2]) log = 6'(k);
  end
  assign shifted = {variance_q, 15'b0} >> {log_q, 1'b0};
  assign unused  = ^shifted[2*Pairs+14:17];
  always_ff @(posedge clk_i) begin
    variance_q <= {wide[2*Pairs-1:1], wide[0] | ~(|wide)};   // at least 1
    log_q      <= log;
    argument_q <= shifted[16:0];
    if (rst_i) done_q <= '0;
    else done_q <= {done_q[5:0], move_i & last_i};
  end
  mase_function_table #(
    .IndexBits(IndexBits), .StepBits(17 - IndexBits), .ValueBits(17), .SlopeBits(SlopeBits), .Words(Words)) u_table (
    .clk_i(clk_i), .enable_i(1'b1), .argument_i({1'b0, argument_q}), .value_o(factor));

  // done_q[0]: the sum is whole; [1]: V; [2]: log; [3]: argument; [6]: factor.
  logic [16:0] factor_q;
  logic [5:0]  kept_q;
  logic        ready_q;
  always_ff @(posedge clk_i) begin
    ready_q <= ~rst_i & done_q[6];
    if (done_q[6]) begin
      factor_q <= factor;
      kept_q   <= log_q;
    end
  end
  assign factor_o = factor_q;
  assign log_o    = kept_q;
  assign done_o   = ready_q;
endmodule
