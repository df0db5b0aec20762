// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A linear layer on streams of blocks of 32: keeps a row, multiplies it with all weights, casts the sums. One row every
// InFeatures/TileIn * OutFeatures/TileOut cycles. Weights come as a stream too. What a format is, is five numbers of its
// codes, which the leaves in formats/element/ take. (arithmetic.md A1 to A20, S1 to S4)
module mase_linear #(
  parameter int InFeatures = 64,         // a multiple of 32, A3
  parameter int OutFeatures = 64,        // a multiple of 32, A3
  parameter int TileIn = 32,             // S1
  parameter int TileOut = 1,             // S1
  parameter int InputBits = 4,           // of an element's code
  parameter int InputExponentBits = 0,   // 0: two's complement; else a float: sign, exponent field, mantissa
  parameter int InputMaxShift = 0,       // of a float
  parameter int WeightBits = 4,
  parameter int WeightExponentBits = 0,
  parameter int WeightMaxShift = 0,
  parameter int OutputBits = 8,
  parameter int OutputExponentBits = 0,
  parameter int OutputMaxShift = 0,
  parameter int OutputLargestCode = (1 << (OutputBits - 1)) - 1,
  parameter int OutputScaleRounds = 0,   // 1: the scale is that of the nearest power of two, A20
  parameter int ExponentDrop = InputBits + WeightBits - 4,   // the output's T less u of both operands, A2, A9
  parameter int ProductBits = 24,        // A18
  parameter int GuardBits = 10,          // A6
  localparam int InputBlocks = (TileIn + 31) / 32,       // blocks in an input beat
  localparam int OutputBlocks = (TileOut + 31) / 32,     // blocks in an output beat
  localparam int InputBeats = InFeatures / TileIn,
  localparam int OutputTiles = OutFeatures / TileOut,
  localparam int WordBits = TileOut * (TileIn * WeightBits + InputBlocks * 8)
) (
  input  logic                          clk_i,
  input  logic                          rst_i,             // synchronous, active high
  input  logic [TileIn*InputBits-1:0]   x_data_i,
  input  logic [InputBlocks*8-1:0]      x_scale_i,
  input  logic                          x_valid_i,
  output logic                          x_ready_o,
  input  logic [WordBits-1:0]           w_data_i,          // all words for each row, S3
  input  logic                          w_valid_i,
  output logic                          w_ready_o,
  input  logic [7:0]                    w_largest_scale_i, // constant: E_tensor as a stored scale, A2 and A5
  output logic [TileOut*OutputBits-1:0] y_data_o,
  output logic [OutputBlocks*8-1:0]     y_scale_o,
  output logic                          y_valid_o,
  input  logic                          y_ready_i
);
  localparam int TermBeats = (TileIn < 32) ? 32 / TileIn : 1;
  // A17: bits of significands without their sign; narrow elements become integers.
  localparam int InputSignificand = (InputExponentBits == 0) ? InputBits - 1 : InputBits - InputExponentBits;
  localparam int WeightSignificand = (WeightExponentBits == 0) ? WeightBits - 1 : WeightBits - WeightExponentBits;
  localparam bit InputFixed = InputSignificand + InputMaxShift <= 7;
  localparam bit WeightFixed = WeightSignificand + WeightMaxShift <= 7;
  localparam int IntegerBits = 1 + InputSignificand + (InputFixed ? InputMaxShift : 0);        // of a decoded input
  localparam int ShiftMax = InputFixed ? 0 : InputMaxShift;
  localparam int InputElement = IntegerBits + ((ShiftMax == 0) ? 0 : $clog2(ShiftMax + 1));
  // A18: of products.
  localparam int Significands = InputSignificand + WeightSignificand;
  localparam int ExactBits = Significands + InputMaxShift + WeightMaxShift;
  localparam int LeastBits = (Significands > ProductBits) ? Significands : ProductBits;
  localparam int WindowBits = (ExactBits < LeastBits) ? ExactBits : LeastBits;
  localparam int SumBits = WindowBits + 6 + GuardBits + $clog2(InFeatures / 32);               // A7
  localparam int TopBits = 11;
  // A8 and the cast: B + 127 less the output's top exponent, in terms of the two largest stored scales.
  localparam int TopOffset = SumBits - 2 - GuardBits + ExactBits - WindowBits - 127 - ExponentDrop;
  localparam int IndexBits = (InputBeats == 1) ? 1 : $clog2(InputBeats);
  localparam int BaseDelay = (TileIn < 32) ? 6 : 5;     // enabled cycles from a beat to the sum that it completes

  logic                        enable, read, row_valid, row_done;
  logic [IndexBits-1:0]        index;
  logic [TileIn*InputBits-1:0] row_data;
  logic [InputBlocks*8-1:0]    row_scale;
  logic [7:0]                  row_largest;
  mase_linear_row_buffer #(.Beats(InputBeats), .DataBits(TileIn * InputBits), .Scales(InputBlocks)) u_row (
    .clk_i(clk_i), .rst_i(rst_i),
    .x_data_i(x_data_i), .x_scale_i(x_scale_i), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o),
    .row_valid_o(row_valid), .row_done_i(row_done), .row_index_i(index),
    .row_data_o(row_data), .row_scale_o(row_scale), .row_largest_o(row_largest));

  logic term_enable, term_last, sum_enable, sum_last, sum_valid;
  mase_linear_sequencer #(
    .InputBeats(InputBeats), .OutputTiles(OutputTiles), .TermBeats(TermBeats), .Delay(3)) u_sequencer (
    .clk_i(clk_i), .rst_i(rst_i), .enable_i(enable), .row_valid_i(row_valid), .w_valid_i(w_valid_i),
    .w_ready_o(w_ready_o), .read_o(read), .row_done_o(row_done), .index_o(index),
    .term_enable_o(term_enable), .term_last_o(term_last), .sum_enable_o(sum_enable), .sum_last_o(sum_last),
    .sum_valid_o(sum_valid));

  // The first stage: a beat that meets its weight word.
  logic [TileIn*InputElement-1:0] x_element, x_data_q;
  logic [InputBlocks*9-1:0]       x_below_q;            // A6: both largest scales less the block's
  logic [8:0]                     largest;
  generate
    for (genvar i = 0; i < TileIn; i = i + 1) begin : g_input
      mase_element_decode #(
        .Bits(InputBits), .ExponentBits(InputExponentBits), .MaxShift(InputMaxShift), .Fixed(InputFixed)) u_decode (
        .code_i(row_data[i*InputBits +: InputBits]), .element_o(x_element[i*InputElement +: InputElement]));
    end
  endgenerate
  assign largest = {1'b0, row_largest} + {1'b0, w_largest_scale_i};
  always_ff @(posedge clk_i) if (read) begin
    x_data_q <= x_element;
    for (int b = 0; b < InputBlocks; b = b + 1)
      x_below_q[b*9 +: 9] <= largest - {1'b0, row_scale[b*8 +: 8]};
  end

  // B travels with the beats, because the next row may follow without a gap.
  logic [BaseDelay*TopBits-1:0] top_q;
  always_ff @(posedge clk_i) begin
    if (read) top_q[TopBits-1:0] <= {2'b00, largest} + TopOffset[TopBits-1:0];
    if (enable) top_q[BaseDelay*TopBits-1:TopBits] <= top_q[(BaseDelay-1)*TopBits-1:0];
  end

  logic [TileOut*SumBits-1:0] sum;
  generate
    for (genvar j = 0; j < TileOut; j = j + 1) begin : g_lane
      mase_linear_lane #(
        .TileIn(TileIn), .InputBits(IntegerBits), .InputMaxShift(ShiftMax), .WeightBits(WeightBits),
        .WeightExponentBits(WeightExponentBits), .WeightMaxShift(WeightMaxShift), .WeightFixed(WeightFixed),
        .WindowBits(WindowBits), .GuardBits(GuardBits), .SumBits(SumBits)) u_lane (
        .clk_i(clk_i), .rst_i(rst_i), .enable_i(enable), .x_data_i(x_data_q), .x_below_i(x_below_q),
        .w_data_i(w_data_i[j*TileIn*WeightBits +: TileIn*WeightBits]),
        .w_scale_i(w_data_i[TileOut*TileIn*WeightBits + j*InputBlocks*8 +: InputBlocks*8]),
        .term_enable_i(term_enable), .term_last_i(term_last), .sum_enable_i(sum_enable), .sum_last_i(sum_last),
        .sum_o(sum[j*SumBits +: SumBits]));
    end
  endgenerate

  mase_mx_cast #(
    .Lanes(TileOut), .SumBits(SumBits), .OutputBits(OutputBits), .ExponentBits(OutputExponentBits),
    .MaxShift(OutputMaxShift), .LargestCode(OutputLargestCode), .ScaleRounds(OutputScaleRounds),
    .TopBits(TopBits)) u_cast (
    .clk_i(clk_i), .rst_i(rst_i),
    .sum_data_i(sum), .sum_top_i(top_q[(BaseDelay-1)*TopBits +: TopBits]), .sum_valid_i(sum_valid), .sum_ready_o(enable),
    .y_data_o(y_data_o), .y_scale_o(y_scale_o), .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
endmodule
