// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two streams joined beat by beat and decoded. Both inputs are cut by four beats, so that neither's ready depends on
// the other's valid. (operators.md O1, S2)
module mase_edge_pair #(
  parameter int Lanes = 1,
  parameter int ABits = 8,               // as of mase_edge_decode, for both
  parameter int AExponentBits = 0,
  parameter int AMaxShift = 0,
  parameter int AScaleBits = 8,          // of a stored scale; 0: there are none
  parameter int AExponent = -133,
  parameter int BBits = 8,
  parameter int BExponentBits = 0,
  parameter int BMaxShift = 0,
  parameter int BScaleBits = 8,          // of a stored scale; 0: there are none
  parameter int BExponent = -133,
  localparam int Blocks = (Lanes + 31) / 32,
  localparam int AScaleWidth = (AScaleBits == 0) ? 1 : Blocks * AScaleBits,
  localparam int BScaleWidth = (BScaleBits == 0) ? 1 : Blocks * BScaleBits,
  localparam int AWhole = 1 + AMaxShift + ((AScaleBits == 0) ? ABits : (AExponentBits == 0) ? ABits - 1
                                                                              : ABits - AExponentBits),
  localparam int BWhole = 1 + BMaxShift + ((BScaleBits == 0) ? BBits : (BExponentBits == 0) ? BBits - 1
                                                                              : BBits - BExponentBits)
) (
  input  logic                    clk_i,
  input  logic                    rst_i,
  input  logic [Lanes*ABits-1:0]  a_data_i,
  input  logic [AScaleWidth-1:0]     a_scale_i,
  input  logic                    a_valid_i,
  output logic                    a_ready_o,
  input  logic [Lanes*BBits-1:0]  b_data_i,
  input  logic [BScaleWidth-1:0]     b_scale_i,
  input  logic                    b_valid_i,
  output logic                    b_ready_o,
  output logic [Lanes*AWhole-1:0] a_whole_o,
  output logic [Blocks*12-1:0]    a_exponent_o,
  output logic [Lanes*BWhole-1:0] b_whole_o,
  output logic [Blocks*12-1:0]    b_exponent_o,
  output logic                    valid_o,
  input  logic                    ready_i
);
  logic [Lanes*ABits-1:0] a_data;
  logic [Lanes*BBits-1:0] b_data;
  logic [AScaleWidth-1:0] a_scale;
  logic [BScaleWidth-1:0] b_scale;
  logic                   a_valid, b_valid, pop;
  assign valid_o = a_valid & b_valid;
  assign pop     = valid_o & ready_i;
  mase_stream_fifo #(.Width(Lanes * ABits + AScaleWidth)) u_a_beats (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i({a_scale_i, a_data_i}), .x_valid_i(a_valid_i), .x_ready_o(a_ready_o),
    .y_data_o({a_scale, a_data}), .y_valid_o(a_valid), .y_ready_i(pop));
  mase_stream_fifo #(.Width(Lanes * BBits + BScaleWidth)) u_b_beats (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i({b_scale_i, b_data_i}), .x_valid_i(b_valid_i), .x_ready_o(b_ready_o),
    .y_data_o({b_scale, b_data}), .y_valid_o(b_valid), .y_ready_i(pop));
  mase_edge_decode #(
    .Lanes(Lanes), .Bits(ABits), .ExponentBits(AExponentBits), .MaxShift(AMaxShift), .ScaleBits(AScaleBits),
    .Exponent(AExponent)) u_a (
    .data_i(a_data), .scale_i(a_scale), .whole_o(a_whole_o), .exponent_o(a_exponent_o));
  mase_edge_decode #(
    .Lanes(Lanes), .Bits(BBits), .ExponentBits(BExponentBits), .MaxShift(BMaxShift), .ScaleBits(BScaleBits),
    .Exponent(BExponent)) u_b (
    .data_i(b_data), .scale_i(b_scale), .whole_o(b_whole_o), .exponent_o(b_exponent_o));
endmodule
