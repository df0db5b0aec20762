// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Learned positions: adds to each row that of its position. A is the row's format, B the table's. (operators.md O5, O6,
// streams.md S5, S11)
module mase_position_embedding #(
  parameter int Entries = 64,            // rows of the table
  parameter int Features = 64,           // of a row
  parameter int TileIn = 1,              // elements a beat on all ports, S1
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
  parameter     File = "",               // of the table's words, S11
  localparam int PositionBits = (Entries == 1) ? 1 : $clog2(Entries),
  localparam int Blocks = (TileIn + 31) / 32,
  localparam int AScaleWidth = (AScaleBits == 0) ? 1 : Blocks * AScaleBits,
  localparam int BScaleWidth = (BScaleBits == 0) ? 1 : Blocks * BScaleBits,
  localparam int OutputScaleWidth = (OutputScaleBits == 0) ? 1 : Blocks * OutputScaleBits
) (
  input  logic                         clk_i,
  input  logic                         rst_i,       // synchronous, active high
  input  logic [TileIn*ABits-1:0]      x_data_i,
  input  logic [AScaleWidth-1:0]       x_scale_i,
  input  logic                         x_valid_i,
  output logic                         x_ready_o,
  input  logic [PositionBits-1:0]      p_data_i,    // one a row, below Entries
  input  logic                         p_valid_i,
  output logic                         p_ready_o,
  output logic [TileIn*OutputBits-1:0] y_data_o,
  output logic [OutputScaleWidth-1:0]  y_scale_o,
  output logic                         y_valid_o,
  input  logic                         y_ready_i
);
  logic [TileIn*BBits-1:0] row_data;
  logic [BScaleWidth-1:0]  row_scale;
  logic                    row_valid, row_ready;
  mase_embedding #(
    .Entries(Entries), .Features(Features), .TileOut(TileIn), .OutputBits(BBits), .OutputScaleBits(BScaleBits),
    .File(File)) u_positions (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(p_data_i), .x_valid_i(p_valid_i), .x_ready_o(p_ready_o),
    .y_data_o(row_data), .y_scale_o(row_scale), .y_valid_o(row_valid), .y_ready_i(row_ready));
  mase_add #(
    .TileIn(TileIn),
    .ABits(ABits), .AExponentBits(AExponentBits), .AMaxShift(AMaxShift), .AScaleBits(AScaleBits),
    .AExponent(AExponent), .BBits(BBits), .BExponentBits(BExponentBits), .BMaxShift(BMaxShift),
    .BScaleBits(BScaleBits), .BExponent(BExponent), .OutputBits(OutputBits),
    .OutputExponentBits(OutputExponentBits), .OutputMaxShift(OutputMaxShift), .OutputScaleBits(OutputScaleBits),
    .OutputExponent(OutputExponent), .OutputLargestCode(OutputLargestCode), .OutputScaleRounds(OutputScaleRounds)) u_add (
    .clk_i(clk_i), .rst_i(rst_i), .a_data_i(x_data_i), .a_scale_i(x_scale_i), .a_valid_i(x_valid_i),
    .a_ready_o(x_ready_o), .b_data_i(row_data), .b_scale_i(row_scale), .b_valid_i(row_valid), .b_ready_o(row_ready),
    .y_data_o(y_data_o), .y_scale_o(y_scale_o), .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
endmodule
