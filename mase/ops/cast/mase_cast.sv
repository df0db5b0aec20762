// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows from one edge's format to another's; with Rectify, ReLU between. A beat a cycle; latency 1 cycle and the cast's.
// (operators.md O2, O8, S1, S2, S5)
module mase_cast #(
  parameter int TileIn = 1,              // elements a beat on both ports, S1
  parameter int Rectify = 0,             // 1: negative elements become zero
  parameter int InputBits = 8,
  parameter int InputExponentBits = 0,
  parameter int InputMaxShift = 0,
  parameter int InputScaleBits = 8,      // of a stored scale; 0: there are none
  parameter int InputExponent = -133,
  parameter int OutputBits = 8,
  parameter int OutputExponentBits = 0,
  parameter int OutputMaxShift = 0,
  parameter int OutputScaleBits = 8,     // of a stored scale; 0: there are none
  parameter int OutputExponent = 0,
  parameter int OutputLargestCode = 127,
  parameter int OutputScaleRounds = 0,
  localparam int Blocks = (TileIn + 31) / 32,
  localparam int InputScaleWidth = (InputScaleBits == 0) ? 1 : Blocks * InputScaleBits,
  localparam int OutputScaleWidth = (OutputScaleBits == 0) ? 1 : Blocks * OutputScaleBits
) (
  input  logic                         clk_i,
  input  logic                         rst_i,       // synchronous, active high
  input  logic [TileIn*InputBits-1:0]  x_data_i,
  input  logic [InputScaleWidth-1:0]          x_scale_i,
  input  logic                         x_valid_i,
  output logic                         x_ready_o,
  output logic [TileIn*OutputBits-1:0] y_data_o,
  output logic [OutputScaleWidth-1:0]          y_scale_o,
  output logic                         y_valid_o,
  input  logic                         y_ready_i
);
  localparam int Whole = 1 + InputMaxShift + ((InputScaleBits == 0) ? InputBits : (InputExponentBits == 0)
                                              ? InputBits - 1 : InputBits - InputExponentBits);
  localparam int SumBits = Whole;
  logic [TileIn*Whole-1:0] whole, sum_q;
  logic [Blocks*12-1:0]    exponent, exponent_q;
  logic                    valid_q, enable;
  mase_edge_decode #(
    .Lanes(TileIn), .Bits(InputBits), .ExponentBits(InputExponentBits), .MaxShift(InputMaxShift),
    .ScaleBits(InputScaleBits), .Exponent(InputExponent)) u_decode (
    .data_i(x_data_i), .scale_i(x_scale_i), .whole_o(whole), .exponent_o(exponent));
  assign x_ready_o = enable;
  always_ff @(posedge clk_i) begin
    if (rst_i) valid_q <= 1'b0;
    else if (enable) valid_q <= x_valid_i;
  end
  always_ff @(posedge clk_i) if (enable) begin
    exponent_q <= exponent;
    for (int i = 0; i < TileIn; i = i + 1)
      sum_q[i*Whole +: Whole] <= whole[i*Whole +: Whole] & ~{Whole{(Rectify != 0) & whole[i*Whole + Whole - 1]}};
  end
  mase_edge_cast #(
    .Lanes(TileIn), .SumBits(SumBits), .Bits(OutputBits), .ExponentBits(OutputExponentBits), .MaxShift(OutputMaxShift),
    .ScaleBits(OutputScaleBits), .Exponent(OutputExponent), .LargestCode(OutputLargestCode),
    .ScaleRounds(OutputScaleRounds)) u_cast (
    .clk_i(clk_i), .rst_i(rst_i), .sum_data_i(sum_q), .sum_exponent_i(exponent_q), .sum_valid_i(valid_q),
    .sum_ready_o(enable), .y_data_o(y_data_o), .y_scale_o(y_scale_o), .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
endmodule
