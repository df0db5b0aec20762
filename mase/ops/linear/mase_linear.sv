// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A linear layer on streams of blocks of 32: keeps a row, multiplies it with all weights, casts the sums. One row every
// InFeatures/TileIn * OutFeatures/TileOut cycles. Weights come as a stream too. What a format is, is a few numbers of
// its codes, which the leaves in formats/element/ take. (arithmetic.md A1 to A27, operators.md O17, O18, streams.md S1 to S4, S12)
module mase_linear #(
  parameter int InFeatures = 64,         // a multiple of 32, A3
  parameter int OutFeatures = 64,        // a multiple of 32, A3; of sums any number
  parameter int TileIn = 32,             // S1
  parameter int TileOut = 1,             // S1
  parameter int InputBits = 4,           // of an element's code
  parameter int InputExponentBits = 0,   // 0: two's complement; else a float: sign, exponent field, mantissa
  parameter int InputMaxShift = 0,       // of a float
  parameter int InputScaleBits = 8,      // of a stored scale; 0: there are none, A22
  parameter int InputTableBits = 0,      // of magnitudes in a table; 0: there is none
  parameter logic [(1<<InputBits)*(InputTableBits+1)-1:0] InputTable = '0,     // the integer of each code
  parameter int WeightBits = 4,
  parameter int WeightExponentBits = 0,
  parameter int WeightMaxShift = 0,
  parameter int WeightSymmetric = 1,     // 0: of integers without scales, the most negative is one too
  parameter int WeightTableBits = 0,
  parameter logic [(1<<WeightBits)*(WeightTableBits+1)-1:0] WeightTable = '0,
  parameter int TermFeatures = 32,       // 32, or 16 if weights share scales by 16
  parameter int WeightScaleBits = 8,     // of a stored scale; 0: there are none, A21
  parameter int WeightScaleExponentBits = 0,   // 0: the code is the exponent; else a small float without sign
  parameter int FactorBits = 0,          // of w_factor_i, 0: it is not used
  parameter int RowFactors = 0,          // 1: each output has a factor of its own, in its words, A27
  parameter int Bias = 0,                // 1: each output has one, in its words, O17
  parameter int ExtraBits = 0,           // 1: neither operand is symmetric, which takes a bit more a product
  parameter int OutputWide = 0,          // 1: the sums leave as they are, O18, and OutputBits is theirs
  parameter int OutputBits = 8,
  parameter int OutputExponentBits = 0,
  parameter int OutputMaxShift = 0,
  parameter int OutputLargestCode = (1 << (OutputBits - 1)) - 1,
  parameter int OutputScaleBits = 8,     // of a stored scale; 0: there are none, A25
  parameter int OutputScaleRounds = 0,   // 1: the scale is that of the nearest power of two, A20
  parameter int OutputSymmetric = 1,     // 0: of integers without scales, the most negative is one too
  parameter int OutputTableBits = 0,     // of magnitudes in a table; 0: there is none
  parameter int OutputDecisions = 0,     // of the table, A26
  localparam int OutputTableWidth = ((OutputDecisions == 0) ? 1 : OutputDecisions) * (OutputTableBits + OutputBits + 2),
  parameter logic [OutputTableWidth-1:0] OutputTable = '0,
  parameter logic [OutputBits-1:0] OutputZero = '0,   // the table's code of zero
  parameter int CastShift = 0,           // bits that the cast drops where neither input nor output has scales, A25
  parameter int ExponentDrop = InputBits + WeightBits - 4,   // the output's T less u of both operands, A2, A9
  parameter int ProductBits = 24,        // A18
  parameter int GuardBits = 10,          // A6
  parameter int Dsp = 0,                 // 1: products in DSP slices, as many outputs in one as fit
  localparam int InputBlocks = (TileIn + 31) / 32,       // blocks in an input beat
  localparam int OutputBlocks = (TileOut + 31) / 32,     // blocks in an output beat
  localparam int InputBeats = InFeatures / TileIn,
  localparam int OutputTiles = OutFeatures / TileOut,
  localparam int WeightBlocks = (TileIn + TermFeatures - 1) / TermFeatures,
  localparam int SliceBits = (RowFactors == 0) ? 0 : (FactorBits + InputBeats - 1) / InputBeats,   // of a factor a word
  localparam int BiasSlice = (Bias == 0) ? 0 : (16 + InputBeats - 1) / InputBeats,
  localparam int WordBits = TileOut * (TileIn * WeightBits + WeightBlocks * WeightScaleBits + SliceBits + BiasSlice),
  localparam int InputScaleWidth = (InputScaleBits == 0) ? 1 : InputBlocks * InputScaleBits,
  localparam int OutputScaleWidth = (OutputScaleBits == 0) ? 1 : OutputBlocks * OutputScaleBits
) (
  input  logic                          clk_i,
  input  logic                          rst_i,             // synchronous, active high
  input  logic [TileIn*InputBits-1:0]   x_data_i,
  input  logic [InputScaleWidth-1:0]    x_scale_i,         // not used where there are none
  input  logic                          x_valid_i,
  output logic                          x_ready_o,
  input  logic [WordBits-1:0]           w_data_i,          // all words for each row, S3
  input  logic                          w_valid_i,
  output logic                          w_ready_o,
  input  logic [7:0]                    w_largest_scale_i, // constants of the tensor: E_tensor as a decoded scale, A5
  input  logic [10:0]                   w_exponent_i,      // what decoded scales of 127 stand for, A23
  input  logic [15:0]                   w_factor_i,        // A23
  input  logic [7:0]                    w_least_scale_i,   // of a row, as an input's stored scale: C, or 0, O17
  input  logic [10:0]                   w_bias_shift_i,    // of a row of that scale 0, signed, O17
  output logic [TileOut*OutputBits-1:0] y_data_o,
  output logic [OutputScaleWidth-1:0]   y_scale_o,
  output logic                          y_valid_o,
  input  logic                          y_ready_i
);
  localparam bit Scaled = InputScaleBits > 0 || WeightScaleBits > 0;     // A24
  localparam bit Aligns = Scaled || Bias != 0;
  localparam int Guard = Scaled ? GuardBits : 0;
  localparam int TermBeats = (Aligns && TileIn < TermFeatures) ? TermFeatures / TileIn : 1;
  // A17: bits of significands without their sign; narrow elements become integers.
  localparam int InputSignificand = (InputTableBits > 0) ? InputTableBits
                                  : (InputExponentBits == 0) ? InputBits - 1 : InputBits - InputExponentBits;
  localparam int WeightSignificand = (WeightTableBits > 0) ? WeightTableBits
                                   : (WeightExponentBits == 0) ? WeightBits - 1 : WeightBits - WeightExponentBits;
  localparam bit InputFixed = InputSignificand + InputMaxShift <= 7 && (InputSignificand > 1 || InputMaxShift <= 2);
  localparam bit WeightFixed = WeightSignificand + WeightMaxShift <= 7 && (WeightSignificand > 1 || WeightMaxShift <= 2);
  localparam int IntegerBits = 1 + InputSignificand + (InputFixed ? InputMaxShift : 0);        // of a decoded input
  localparam int ShiftMax = InputFixed ? 0 : InputMaxShift;
  localparam int InputElement = IntegerBits + ((ShiftMax == 0) ? 0 : $clog2(ShiftMax + 1));
  // A18: of products.
  localparam int Significands = InputSignificand + WeightSignificand + ExtraBits;
  localparam int ExactBits = Significands + InputMaxShift + WeightMaxShift;
  localparam int LeastBits = (Significands > ProductBits) ? Significands : ProductBits;
  localparam int WindowBits = (ExactBits < LeastBits) ? ExactBits : LeastBits;
  localparam int ScaleSignificand = (WeightScaleExponentBits == 0) ? 0 : WeightScaleBits - WeightScaleExponentBits;
  localparam int TermBits = WindowBits + 1 + $clog2(TermFeatures) + ScaleSignificand;         // A4, A21
  localparam int SumBits = TermBits + Guard + $clog2(InFeatures / TermFeatures + Bias);    // A7
  localparam int CastBits = SumBits + FactorBits;
  localparam int TopBits = 11;
  // A8 and the cast: B + 127 less the output's top exponent, in terms of the two largest stored scales; of static
  // outputs the integer bits of the largest possible sum.
  localparam int TopOffset = CastBits - 2 - Guard + ExactBits - WindowBits - 127 - ExponentDrop;
  localparam int IndexBits = (InputBeats == 1) ? 1 : $clog2(InputBeats);
  localparam int BaseDelay = !Aligns ? 4 : (TermBeats > 1) ? 6 : 5;   // enabled cycles from a beat to its sum...
  localparam int SumDelay = BaseDelay + Bias;                         // ... and with its bias

  logic                        enable, read, row_valid, row_done;
  logic [IndexBits-1:0]        index;
  logic [TileIn*InputBits-1:0] row_data;
  logic [InputScaleWidth-1:0]  row_scale;
  logic [7:0]                  row_largest;
  mase_linear_row_buffer #(
    .Beats(InputBeats), .DataBits(TileIn * InputBits), .Scales(InputBlocks), .ScaleBits(InputScaleBits)) u_row (
    .clk_i(clk_i), .rst_i(rst_i),
    .x_data_i(x_data_i), .x_scale_i(x_scale_i), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o),
    .row_valid_o(row_valid), .row_done_i(row_done), .row_index_i(index),
    .row_data_o(row_data), .row_scale_o(row_scale), .row_largest_o(row_largest));

  logic term_enable, term_last, sum_enable, sum_last, sum_valid, beat_last;
  mase_linear_sequencer #(
    .InputBeats(InputBeats), .OutputTiles(OutputTiles), .TermBeats(TermBeats), .Delay(3),
    .Aligns(Aligns)) u_sequencer (
    .clk_i(clk_i), .rst_i(rst_i), .enable_i(enable), .row_valid_i(row_valid), .w_valid_i(w_valid_i),
    .w_ready_o(w_ready_o), .read_o(read), .row_done_o(row_done), .index_o(index),
    .term_enable_o(term_enable), .term_last_o(term_last), .sum_enable_o(sum_enable), .sum_last_o(sum_last),
    .sum_valid_o(sum_valid), .beat_last_o(beat_last));

  // The first stage: a beat that meets its weight word.
  logic [TileIn*InputElement-1:0] x_element, x_data_q;
  logic [InputBlocks*9-1:0]       x_below;              // A6: both largest scales less the block's
  logic [7:0]                     scale;                // the row's, at least C, O17
  logic [8:0]                     largest;
  logic                           unused_least;
  generate
    for (genvar i = 0; i < TileIn; i = i + 1) begin : g_input
      mase_element_decode #(
        .Bits(InputBits), .ExponentBits(InputExponentBits), .MaxShift(InputMaxShift), .Fixed(InputFixed),
        .TableBits(InputTableBits), .Table(InputTable)) u_decode (
        .code_i(row_data[i*InputBits +: InputBits]), .element_o(x_element[i*InputElement +: InputElement]));
    end
  endgenerate
  assign unused_least = ^w_least_scale_i;
  assign scale   = (Bias != 0 && w_least_scale_i > row_largest) ? w_least_scale_i : row_largest;
  assign largest = {1'b0, scale} + {1'b0, w_largest_scale_i};
  always_ff @(posedge clk_i) if (read) x_data_q <= x_element;
  generate
    if (InputScaleBits == 0) begin : g_constant_below
      logic unused;
      assign unused  = ^row_scale;
      assign x_below = {InputBlocks{largest}};
    end else begin : g_below
      logic [InputBlocks*9-1:0] x_below_q;
      always_ff @(posedge clk_i) if (read)
        for (int b = 0; b < InputBlocks; b = b + 1)
          x_below_q[b*9 +: 9] <= largest - 9'(row_scale[b*InputScaleBits +: InputScaleBits]);
      assign x_below = x_below_q;
    end
  endgenerate

  // B travels with the beats, because the next row may follow without a gap; without scales of inputs it is constant.
  localparam bit UsesExponent = InputScaleBits != 8 || WeightScaleBits != 8 || WeightScaleExponentBits != 0
                             || OutputScaleBits != 8;
  logic [TopBits-1:0] top, sum_top;
  logic               unused_exponent;
  assign unused_exponent = ^w_exponent_i;
  assign top = {2'b00, largest} + TopOffset[TopBits-1:0] + (UsesExponent ? w_exponent_i : '0);
  generate
    if (InputScaleBits == 0) begin : g_constant_top
      assign sum_top = top;
    end else begin : g_top
      logic [SumDelay*TopBits-1:0] top_q;
      always_ff @(posedge clk_i) begin
        if (read) top_q[TopBits-1:0] <= top;
        if (enable) top_q[SumDelay*TopBits-1:TopBits] <= top_q[(SumDelay-1)*TopBits-1:0];
      end
      assign sum_top = top_q[(SumDelay-1)*TopBits +: TopBits];
    end
  endgenerate

  // The factor of each output of the tile whose sums are ready.
  localparam int FactorWidth = (FactorBits == 0) ? 1 : TileOut * FactorBits;
  logic [FactorWidth-1:0] factor;
  logic                   unused_factor;
  assign unused_factor = ^{w_factor_i, beat_last, factor};
  generate
    if (RowFactors != 0) begin : g_row_factors
      mase_row_factors #(
        .Outputs(TileOut), .FactorBits(FactorBits), .SliceBits(SliceBits), .Delay(SumDelay - 1),
        .Beats(InputBeats)) u_factors (
        .clk_i(clk_i), .enable_i(enable), .take_i(w_valid_i & w_ready_o), .last_i(beat_last),
        .slice_i(w_data_i[WordBits-TileOut*BiasSlice-1 -: TileOut*SliceBits]), .factor_o(factor));
    end else if (FactorBits > 0) begin : g_one_factor
      assign factor = {TileOut{w_factor_i[FactorBits-1:0]}};
    end else begin : g_no_factor
      assign factor = '0;
    end
  endgenerate

  // The bias is one term more, aligned beside the last terms and added behind their sum.
  logic [TileOut*SumBits-1:0] lane_sum, biased_sum;
  logic                       biased_valid, unused_bias;
  assign unused_bias = ^w_bias_shift_i;
  generate
    if (Bias == 0) begin : g_no_bias
      assign biased_sum   = lane_sum;
      assign biased_valid = sum_valid;
    end else begin : g_bias
      localparam int BiasGuard = (TermBits + Guard > 16) ? TermBits + Guard - 16 : 0;
      localparam int BiasBits = 16 + BiasGuard;
      logic [10:0]           row_shift, shift;
      logic [TileOut*16-1:0] bias;
      logic                  valid_q;
      assign row_shift = {3'b0, scale} + w_bias_shift_i;
      if (InputScaleBits == 0) begin : g_constant
        assign shift = row_shift;
      end else begin : g_shift
        logic [(BaseDelay-1)*11-1:0] shift_q;
        always_ff @(posedge clk_i) begin
          if (read) shift_q[10:0] <= row_shift;
          if (enable) shift_q[(BaseDelay-1)*11-1:11] <= shift_q[(BaseDelay-2)*11-1:0];
        end
        assign shift = shift_q[(BaseDelay-2)*11 +: 11];
      end
      mase_row_factors #(
        .Outputs(TileOut), .FactorBits(16), .SliceBits(BiasSlice), .Delay(BaseDelay - 2),
        .Beats(InputBeats)) u_biases (
        .clk_i(clk_i), .enable_i(enable), .take_i(w_valid_i & w_ready_o), .last_i(beat_last),
        .slice_i(w_data_i[WordBits-1 -: TileOut*BiasSlice]), .factor_o(bias));
      always_ff @(posedge clk_i) begin
        if (rst_i) valid_q <= 1'b0;
        else if (enable) valid_q <= sum_valid;
      end
      assign biased_valid = valid_q;
      for (genvar j = 0; j < TileOut; j = j + 1) begin : g_output
        localparam int WideBits = (BiasBits > SumBits) ? BiasBits : SumBits;
        logic [BiasBits-1:0] aligned, aligned_q;
        logic [WideBits-1:0] term;
        logic [SumBits-1:0]  sum_q;
        logic                half, half_q, unused;
        mase_mx_align #(.TermBits(16), .GuardBits(BiasGuard), .ShiftBits(11)) u_align (
          .term_i(bias[j*16 +: 16]), .shift_i(shift), .aligned_o(aligned), .half_o(half));
        assign term   = WideBits'($signed(aligned_q));
        assign unused = ^term;
        always_ff @(posedge clk_i) if (enable) begin
          aligned_q <= aligned;
          half_q    <= half;
          sum_q     <= lane_sum[j*SumBits +: SumBits] + term[SumBits-1:0] + {{(SumBits-1){1'b0}}, half_q};
        end
        assign biased_sum[j*SumBits +: SumBits] = sum_q;
      end
    end
  endgenerate

  // Outputs whose products with one input share a multiplier: all in one slice of 27 x 18 bits (mase_mx_pack.sv), or one.
  localparam int WeightInteger = 1 + WeightSignificand + (WeightFixed ? WeightMaxShift : 0);
  localparam int PackedBits = WeightInteger + ((WeightSymmetric != 0) ? 0 : 1);
  localparam int Packed = (Dsp == 0) ? 1 : (27 - PackedBits) / (IntegerBits + PackedBits - 1) + 1;
  localparam int Groups = (TileOut + Packed - 1) / Packed;
  localparam int ScaleWidth = (WeightScaleBits == 0) ? 1 : WeightBlocks * WeightScaleBits;
  logic [TileOut*ScaleWidth-1:0] w_scale;
  logic [TileOut*CastBits-1:0]   sum;
  generate
    if (WeightScaleBits == 0) begin : g_no_scale
      assign w_scale = '0;
    end else begin : g_scale
      assign w_scale = w_data_i[TileOut*TileIn*WeightBits +: TileOut*ScaleWidth];
    end
    for (genvar g = 0; g < Groups; g = g + 1) begin : g_lane   // groups of equal size, or one less
      localparam int First = g * TileOut / Groups;
      localparam int Outputs = (g + 1) * TileOut / Groups - First;
      mase_linear_lane #(
        .TileIn(TileIn), .Outputs(Outputs), .Dsp(Dsp), .InputBits(IntegerBits), .InputMaxShift(ShiftMax),
        .WeightBits(WeightBits), .WeightExponentBits(WeightExponentBits), .WeightMaxShift(WeightMaxShift),
        .WeightFixed(WeightFixed), .WeightSymmetric(WeightSymmetric), .WeightTableBits(WeightTableBits),
        .WeightTable(WeightTable), .TermFeatures(TermFeatures), .WeightScaleBits(WeightScaleBits),
        .WeightScaleExponentBits(WeightScaleExponentBits), .WindowBits(WindowBits), .GuardBits(Guard),
        .Aligns(Aligns), .SumBits(SumBits)) u_lane (
        .clk_i(clk_i), .rst_i(rst_i), .enable_i(enable), .x_data_i(x_data_q), .x_below_i(x_below),
        .w_data_i(w_data_i[First*TileIn*WeightBits +: Outputs*TileIn*WeightBits]),
        .w_scale_i(w_scale[First*ScaleWidth +: Outputs*ScaleWidth]),
        .term_enable_i(term_enable), .term_last_i(term_last), .sum_enable_i(sum_enable), .sum_last_i(sum_last),
        .sum_o(lane_sum[First*SumBits +: Outputs*SumBits]));
    end
    for (genvar j = 0; j < TileOut; j = j + 1) begin : g_sum
      if (FactorBits == 0) begin : g_plain
        assign sum[j*CastBits +: CastBits] = biased_sum[j*SumBits +: SumBits];
      end else begin : g_factor
        logic [CastBits:0] product;
        logic              unused;
        mase_mx_mul #(.ABits(SumBits), .BBits(FactorBits + 1)) u_factor (
          .a_i(biased_sum[j*SumBits +: SumBits]), .b_i({1'b0, factor[j*FactorBits +: FactorBits]}), .y_o(product));
        assign unused = product[CastBits];
        assign sum[j*CastBits +: CastBits] = product[CastBits-1:0];
      end
    end
  endgenerate

  generate
    if (OutputWide != 0) begin : g_wide
      logic unused;
      assign unused    = ^sum_top;
      assign y_scale_o = '0;
      mase_row_fifo #(.Width(TileOut * OutputBits), .Depth(4)) u_sums (
        .clk_i(clk_i), .rst_i(rst_i), .x_data_i(sum), .x_valid_i(biased_valid), .x_ready_o(enable),
        .y_data_o(y_data_o), .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
    end else if (OutputScaleBits == 0) begin : g_static
      mase_static_cast #(
        .Lanes(TileOut), .SumBits(CastBits), .OutputBits(OutputBits), .Symmetric(OutputSymmetric),
        .Dynamic((InputScaleBits == 0) ? 0 : 1), .Shift(CastShift), .TopBits(TopBits)) u_cast (
        .clk_i(clk_i), .rst_i(rst_i),
        .sum_data_i(sum), .sum_top_i(sum_top), .sum_valid_i(biased_valid), .sum_ready_o(enable),
        .y_data_o(y_data_o), .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
      assign y_scale_o = '0;
    end else begin : g_blocks
      mase_mx_cast #(
        .Lanes(TileOut), .SumBits(CastBits), .OutputBits(OutputBits), .ExponentBits(OutputExponentBits),
        .MaxShift(OutputMaxShift), .LargestCode(OutputLargestCode), .ScaleRounds(OutputScaleRounds),
        .ScaleBits(OutputScaleBits), .TableBits(OutputTableBits),
        .Decisions((OutputDecisions == 0) ? 1 : OutputDecisions), .Table(OutputTable), .TableZero(OutputZero),
        .TopBits(TopBits)) u_cast (
        .clk_i(clk_i), .rst_i(rst_i),
        .sum_data_i(sum), .sum_top_i(sum_top), .sum_valid_i(biased_valid), .sum_ready_o(enable),
        .y_data_o(y_data_o), .y_scale_o(y_scale_o), .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
    end
  endgenerate
endmodule
