// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Adds two streams of rows, element by element. A beat a cycle; latency 4 cycles and the cast's. What a format is, is
// numbers, as in mase_edge_decode and mase_edge_cast. (operators.md O6, S1, S2, S5)
module mase_add #(
  parameter int TileIn = 1,              // elements a beat on all three ports, S1
  parameter int ABits = 8,
  parameter int AExponentBits = 0,
  parameter int AMaxShift = 0,
  parameter int AScaleBits = 8,          // of a stored scale; 0: there are none
  parameter int AExponent = -133,
  parameter int BBits = 8,
  parameter int BExponentBits = 0,
  parameter int BMaxShift = 0,
  parameter int BScaleBits = 8,          // of a stored scale; 0: there are none
  parameter int BExponent = -133,
  parameter int OutputBits = 8,
  parameter int OutputExponentBits = 0,
  parameter int OutputMaxShift = 0,
  parameter int OutputScaleBits = 8,     // of a stored scale; 0: there are none
  parameter int OutputExponent = 0,
  parameter int OutputLargestCode = 127,
  parameter int OutputScaleRounds = 0,
  localparam int Blocks = (TileIn + 31) / 32,
  localparam int AScaleWidth = (AScaleBits == 0) ? 1 : Blocks * AScaleBits,
  localparam int BScaleWidth = (BScaleBits == 0) ? 1 : Blocks * BScaleBits,
  localparam int OutputScaleWidth = (OutputScaleBits == 0) ? 1 : Blocks * OutputScaleBits
) (
  input  logic                         clk_i,
  input  logic                         rst_i,       // synchronous, active high
  input  logic [TileIn*ABits-1:0]      a_data_i,
  input  logic [AScaleWidth-1:0]          a_scale_i,
  input  logic                         a_valid_i,
  output logic                         a_ready_o,
  input  logic [TileIn*BBits-1:0]      b_data_i,
  input  logic [BScaleWidth-1:0]          b_scale_i,
  input  logic                         b_valid_i,
  output logic                         b_ready_o,
  output logic [TileIn*OutputBits-1:0] y_data_o,
  output logic [OutputScaleWidth-1:0]          y_scale_o,
  output logic                         y_valid_o,
  input  logic                         y_ready_i
);
  localparam int GuardBits = 10;
  localparam int AWhole = 1 + AMaxShift + ((AScaleBits == 0) ? ABits : (AExponentBits == 0) ? ABits - 1
                                                                              : ABits - AExponentBits);
  localparam int BWhole = 1 + BMaxShift + ((BScaleBits == 0) ? BBits : (BExponentBits == 0) ? BBits - 1
                                                                              : BBits - BExponentBits);
  localparam int SumBits = ((AWhole > BWhole) ? AWhole : BWhole) + GuardBits + 1;

  logic [TileIn*AWhole-1:0] a_whole, a_whole_q;
  logic [TileIn*BWhole-1:0] b_whole, b_whole_q;
  logic [Blocks*12-1:0]     a_exponent, b_exponent, largest_q, exponent_q, exponent_qq;
  logic [Blocks*12-1:0]     a_shift_q, b_shift_q;
  logic                     enable, both;
  mase_edge_pair #(
    .Lanes(TileIn), .ABits(ABits), .AExponentBits(AExponentBits), .AMaxShift(AMaxShift), .AScaleBits(AScaleBits),
    .AExponent(AExponent), .BBits(BBits), .BExponentBits(BExponentBits), .BMaxShift(BMaxShift), .BScaleBits(BScaleBits),
    .BExponent(BExponent)) u_pair (
    .clk_i(clk_i), .rst_i(rst_i), .a_data_i(a_data_i), .a_scale_i(a_scale_i), .a_valid_i(a_valid_i),
    .a_ready_o(a_ready_o), .b_data_i(b_data_i), .b_scale_i(b_scale_i), .b_valid_i(b_valid_i), .b_ready_o(b_ready_o),
    .a_whole_o(a_whole), .a_exponent_o(a_exponent), .b_whole_o(b_whole), .b_exponent_o(b_exponent),
    .valid_o(both), .ready_i(enable));

  logic [2:0] valid_q;
  always_ff @(posedge clk_i) begin
    if (rst_i) valid_q <= '0;
    else if (enable) valid_q <= {valid_q[1:0], both};
  end
  always_ff @(posedge clk_i) if (enable) begin
    a_whole_q   <= a_whole;
    b_whole_q   <= b_whole;
    exponent_q  <= largest_q;
    exponent_qq <= exponent_q;
  end
  generate
    for (genvar b = 0; b < Blocks; b = b + 1) begin : g_block
      logic [11:0] difference;           // e - e'
      assign difference = a_exponent[b*12 +: 12] - b_exponent[b*12 +: 12];
      always_ff @(posedge clk_i) if (enable) begin
        a_shift_q[b*12 +: 12] <= difference[11] ? -difference : '0;
        b_shift_q[b*12 +: 12] <= difference[11] ? '0 : difference;
        largest_q[b*12 +: 12] <= (difference[11] ? b_exponent[b*12 +: 12] : a_exponent[b*12 +: 12]) - 12'(GuardBits);
      end
    end
  endgenerate

  logic [TileIn*SumBits-1:0] sum_q;
  generate
    for (genvar i = 0; i < TileIn; i = i + 1) begin : g_lane
      logic [AWhole+GuardBits-1:0] a, a_q;
      logic [BWhole+GuardBits-1:0] b, b_q;
      logic                        a_half, b_half, half_q;
      mase_mx_align #(.TermBits(AWhole), .GuardBits(GuardBits), .ShiftBits(12)) u_a (
        .term_i(a_whole_q[i*AWhole +: AWhole]), .shift_i(a_shift_q[i/32*12 +: 12]), .aligned_o(a), .half_o(a_half));
      mase_mx_align #(.TermBits(BWhole), .GuardBits(GuardBits), .ShiftBits(12)) u_b (
        .term_i(b_whole_q[i*BWhole +: BWhole]), .shift_i(b_shift_q[i/32*12 +: 12]), .aligned_o(b), .half_o(b_half));
      always_ff @(posedge clk_i) if (enable) begin
        a_q    <= a;
        b_q    <= b;
        half_q <= a_half | b_half;       // at most one is shifted
        sum_q[i*SumBits +: SumBits] <= {{(SumBits-AWhole-GuardBits){a_q[AWhole+GuardBits-1]}}, a_q}
                                     + {{(SumBits-BWhole-GuardBits){b_q[BWhole+GuardBits-1]}}, b_q}
                                     + {{(SumBits-1){1'b0}}, half_q};
      end
    end
  endgenerate
  mase_edge_cast #(
    .Lanes(TileIn), .SumBits(SumBits), .Bits(OutputBits), .ExponentBits(OutputExponentBits), .MaxShift(OutputMaxShift),
    .ScaleBits(OutputScaleBits), .Exponent(OutputExponent), .LargestCode(OutputLargestCode),
    .ScaleRounds(OutputScaleRounds)) u_cast (
    .clk_i(clk_i), .rst_i(rst_i), .sum_data_i(sum_q), .sum_exponent_i(exponent_qq), .sum_valid_i(valid_q[2]),
    .sum_ready_o(enable), .y_data_o(y_data_o), .y_scale_o(y_scale_o), .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
endmodule
