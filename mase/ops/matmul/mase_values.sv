// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The mean of the values so far, weighted by exponentials, head by head: those of Keys keys times Tile features in a
// cycle, exact sums, one reciprocal a head. Row i of a sequence writes its values at i, then takes for each head the
// exponentials of keys 0 to i, Keys a beat, zeros in the lanes beyond; in a block format beats go on to a whole block.
// Heads share values in turn where there are fewer of them. Without Causal every row has exponentials of all keys of
// its sequence. (operators.md O4, O16, streams.md S1, S2, S10)
module mase_values #(
  parameter int Heads = 4,
  parameter int KeyHeads = 4,            // of values, divides Heads
  parameter int HeadFeatures = 16,
  parameter int Context = 256,           // positions of a sequence, at most
  parameter int Causal = 1,              // 0: every row sees all keys of its sequence
  parameter int UltraRam = 0,            // 1: the cache is to be UltraRAM
  parameter int Tile = 4,                // elements a beat of v and of y, S1: divides HeadFeatures
  parameter int Keys = 1,                // exponentials a beat: 1, 2, 4, 8, 16, 32 or a multiple of 32, a power of two
  parameter int InputBits = 17,          // exponentials, as of mase_edge_decode
  parameter int InputExponentBits = 0,
  parameter int InputMaxShift = 0,
  parameter int InputScaleBits = 0,      // of a stored scale; 0: there are none
  parameter int InputExponent = -15,
  parameter int ValueBits = 10,          // of a value, fixed<W,F>
  parameter int ValueExponent = -6,      // -F
  parameter int OutputBits = 8,          // as of mase_edge_cast
  parameter int OutputExponentBits = 0,
  parameter int OutputMaxShift = 0,
  parameter int OutputScaleBits = 8,     // of a stored scale; 0: there are none
  parameter int OutputExponent = 0,
  parameter int OutputLargestCode = 127,
  parameter int OutputScaleRounds = 0,
  parameter int IndexBits = 6,           // of the reciprocals, as of mase_function_table
  parameter int SlopeBits = 10,
  parameter logic [((17+SlopeBits)<<IndexBits)-1:0] Words = '0,
  localparam int InputBlocks = (Keys + 31) / 32,
  localparam int InputScaleWidth = (InputScaleBits == 0) ? 1 : InputBlocks * InputScaleBits,
  localparam int Blocks = (Tile + 31) / 32,
  localparam int OutputScaleWidth = (OutputScaleBits == 0) ? 1 : Blocks * OutputScaleBits
) (
  input  logic                        clk_i,
  input  logic                        rst_i,         // synchronous, active high
  input  logic [1:0]                  c_data_i,      // a word a row: bit 0 the first of its sequence, bit 1 the last
  input  logic                        c_valid_i,
  output logic                        c_ready_o,
  input  logic [Keys*InputBits-1:0]   x_data_i,
  input  logic [InputScaleWidth-1:0]  x_scale_i,
  input  logic                        x_valid_i,
  output logic                        x_ready_o,
  input  logic [Tile*ValueBits-1:0]   v_data_i,      // values: rows of KeyHeads * HeadFeatures
  input  logic                        v_scale_i,     // counts nothing
  input  logic                        v_valid_i,
  output logic                        v_ready_o,
  output logic [Tile*OutputBits-1:0]  y_data_o,      // rows of Heads * HeadFeatures
  output logic [OutputScaleWidth-1:0] y_scale_o,
  output logic                        y_valid_o,
  input  logic                        y_ready_i
);
  localparam int HeadWords = HeadFeatures / Tile;
  localparam int RowBits = (Heads * HeadWords == 1) ? 1 : $clog2(Heads * HeadWords);
  localparam int WordBits = (HeadWords == 1) ? 1 : $clog2(HeadWords);
  localparam int KeyBits = $clog2(Keys);
  localparam int Positions = (Context < 2 * Keys) ? 2 * Keys : Context;
  localparam int PositionBits = $clog2(Positions);
  localparam int CacheDepth = (Positions + Keys - 1) / Keys * KeyHeads * HeadWords;
  localparam int AddressBits = (CacheDepth == 1) ? 1 : $clog2(CacheDepth);
  localparam int ValueWidth = Tile * ValueBits;

  // ---- Exponentials, the rows of values, and where in them a cycle is.
  logic                       enable, issue, row_done, beat_valid, beat_pop, skip_q, values_valid;
  logic [PositionBits-1:0]    position;
  logic [WordBits-1:0]        word;
  logic [RowBits-1:0]         row_word, value_word;
  logic [AddressBits-1:0]     address;
  logic                       word_last, group_first, group_last, head_last;
  logic [Keys*InputBits-1:0]  beat_data;
  logic [InputScaleWidth-1:0] beat_scale;
  logic [Keys*ValueWidth-1:0] values;
  logic                       unused;
  assign unused   = (^row_word) ^ (^value_word) ^ (^position) ^ v_scale_i;
  assign issue    = enable & beat_valid & values_valid & ~skip_q;
  assign row_done = issue & word_last & group_last & head_last;
  assign beat_pop = (issue & word_last) | skip_q;
  mase_stream_fifo #(.Width(Keys * InputBits + InputScaleWidth)) u_beats (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i({x_scale_i, x_data_i}), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o),
    .y_data_o({beat_scale, beat_data}), .y_valid_o(beat_valid), .y_ready_i(beat_pop));
  mase_attention_cache #(
    .Width(ValueWidth), .Beats(KeyHeads * HeadWords), .Context(Context), .Keys(Keys),
    .Causal(Causal), .UltraRam(UltraRam)) u_values (
    .clk_i(clk_i), .rst_i(rst_i), .c_data_i(c_data_i), .c_valid_i(c_valid_i), .c_ready_o(c_ready_o),
    .x_data_i(v_data_i), .x_valid_i(v_valid_i), .x_ready_o(v_ready_o), .row_valid_o(values_valid),
    .row_position_o(position), .row_done_i(row_done), .read_i(enable), .read_address_i(address),
    .read_data_o(values));
  mase_attention_walk #(
    .Heads(Heads), .KeyHeads(KeyHeads), .HeadWords(HeadWords), .GroupBits(PositionBits - KeyBits),
    .AddressBits(AddressBits)) u_walk (
    .clk_i(clk_i), .rst_i(rst_i), .step_i(issue), .last_group_i(position[PositionBits-1:KeyBits]), .word_o(word),
    .row_word_o(row_word), .key_word_o(value_word), .address_o(address), .word_last_o(word_last),
    .group_first_o(group_first), .group_last_o(group_last), .head_last_o(head_last));
  generate
    if (InputScaleBits == 0 || Keys >= 32) begin : g_no_rest
      assign skip_q = 1'b0;
    end else begin : g_rest              // beats of a head's last block that are beyond its keys
      localparam int BeatBits = $clog2(32 / Keys);
      logic [BeatBits-1:0] beat_q;       // of a block
      logic                pop, rest_q;
      assign pop    = beat_pop & beat_valid;
      assign skip_q = rest_q;
      always_ff @(posedge clk_i) begin
        if (rst_i) begin
          beat_q <= '0;
          rest_q <= 1'b0;
        end else if (pop) begin
          beat_q <= beat_q + 1'b1;
          rest_q <= (rest_q | group_last) & ~(&beat_q);
        end
      end
    end
  endgenerate

  // ---- What the beat in each stage is for.
  logic [12:1]           valid_q;        // from stage 4 on: the last group's, whose sums are whole
  logic [2:1]            last_q, first_q, begin_q;
  logic                  last3_q, first3_q, begin3_q;    // the group is the head's last, first; the word is its first
  logic [3*WordBits-1:0] word_q;
  always_ff @(posedge clk_i) begin
    if (rst_i) valid_q <= '0;
    else if (enable) valid_q <= {valid_q[11:4], valid_q[3] & last3_q, valid_q[2:1], issue};
    if (enable) begin
      {last3_q, last_q}   <= {last_q, group_last};
      {first3_q, first_q} <= {first_q, group_first};
      {begin3_q, begin_q} <= {begin_q, word == '0};
      word_q              <= {word_q[2*WordBits-1:0], word};
    end
  end

  // ---- Stage 1: exponentials in units of 2^-15. Stage 2: products. Stage 3: added up over the keys.
  localparam int WholeBits = 1 + InputMaxShift + ((InputScaleBits == 0) ? InputBits : (InputExponentBits == 0)
                                                  ? InputBits - 1 : InputBits - InputExponentBits);
  localparam int ProductBits = ValueBits + 16;           // an exponential is 2^15 at most
  localparam int DotBits = ProductBits + KeyBits;
  localparam int ShareBits = 17 + KeyBits;
  logic [Keys*WholeBits-1:0]   whole;
  logic [InputBlocks*12-1:0]   exponent;
  logic [Keys*17-1:0]          share_q;
  logic [Tile*Keys*ProductBits-1:0] product_q;
  logic [Tile*DotBits-1:0]     dot;
  logic [ShareBits-1:0]        shares, shares2_q, shares3_q;
  mase_edge_decode #(
    .Lanes(Keys), .Bits(InputBits), .ExponentBits(InputExponentBits), .MaxShift(InputMaxShift),
    .ScaleBits(InputScaleBits), .Exponent(InputExponent)) u_decode (
    .data_i(beat_data), .scale_i(beat_scale), .whole_o(whole), .exponent_o(exponent));
  generate
    for (genvar o = 0; o < Keys; o = o + 1) begin : g_share
      logic [11:0]           shift;
      logic [WholeBits+14:0] aligned;
      logic                  half, unused_top;           // an exponential is 2^15 at most
      assign shift = exponent[o/32*12 + 11] ? -exponent[o/32*12 +: 12] : '0;
      mase_mx_align #(.TermBits(WholeBits), .GuardBits(15), .ShiftBits(12)) u_align (
        .term_i(whole[o*WholeBits +: WholeBits]), .shift_i(shift), .aligned_o(aligned), .half_o(half));
      assign unused_top = ^(aligned >> 17);
      always_ff @(posedge clk_i) if (enable) share_q[o*17 +: 17] <= aligned[16:0] + {16'b0, half};
    end
    for (genvar i = 0; i < Tile; i = i + 1) begin : g_feature
      for (genvar o = 0; o < Keys; o = o + 1) begin : g_product
        logic signed [16:0]             share;
        logic signed [ValueBits-1:0]    value;
        logic signed [ValueBits+16:0]   product;
        logic                           unused_top;
        assign share      = share_q[o*17 +: 17];
        assign value      = values[o*ValueWidth + i*ValueBits +: ValueBits];
        assign product    = share * value;
        assign unused_top = product[ValueBits+16];
        always_ff @(posedge clk_i) if (enable) product_q[(i*Keys+o)*ProductBits +: ProductBits] <= product[ProductBits-1:0];
      end
      mase_mx_tree #(.Lanes(Keys), .Bits(ProductBits)) u_keys (
        .clk_i(clk_i), .enable_i(enable), .x_i(product_q[i*Keys*ProductBits +: Keys*ProductBits]), .carry_i({Keys{1'b0}}),
        .sum_o(dot[i*DotBits +: DotBits]));
    end
  endgenerate
  always_comb begin
    shares = '0;
    for (int o = 0; o < Keys; o = o + 1) shares = shares + ShareBits'(share_q[o*17 +: 17]);
  end
  always_ff @(posedge clk_i) if (enable) begin
    shares2_q <= shares;
    shares3_q <= shares2_q;
  end

  // ---- Stage 4: sums over the groups so far, of each word of the head; and the sum of all exponentials.
  localparam int SumBits = ProductBits + PositionBits;
  localparam int TotalBits = 17 + PositionBits;
  logic [Tile*SumBits-1:0] earlier, sum, sum_q;
  logic [TotalBits-1:0]    total_q;
  mase_lutram #(.Width(Tile * SumBits), .AddressBits(WordBits)) u_sums (
    .clk_i(clk_i), .write_i(enable & valid_q[3]), .write_address_i(word_q[2*WordBits +: WordBits]),
    .write_data_i(sum), .read_address_i(word_q[2*WordBits +: WordBits]), .read_data_o(earlier));
  generate
    for (genvar i = 0; i < Tile; i = i + 1) begin : g_sum
      assign sum[i*SumBits +: SumBits] = (first3_q ? '0 : earlier[i*SumBits +: SumBits])
                                       + SumBits'($signed(dot[i*DotBits +: DotBits]));
    end
  endgenerate
  always_ff @(posedge clk_i) if (enable) begin
    sum_q <= sum;
    if (valid_q[3] & begin3_q) total_q <= (first3_q ? '0 : total_q) + TotalBits'(shares3_q);
  end

  // ---- Stages 5 and 6: the leading one and what is behind it. Stages 7 to 9: the reciprocal.
  localparam int LogBits = $clog2(TotalBits);
  localparam int TopLog = TotalBits - 1;
  logic [LogBits-1:0]   log, log5_q;
  logic [TotalBits-1:0] total5_q, normal;
  logic [15:0]          argument_q;
  logic [5*LogBits-1:0] log_q;                           // of stages 6 to 10
  logic [16:0]          factor;
  logic                 unused_normal;
  always_comb begin
    log = '0;
    for (int b = 0; b < TotalBits; b = b + 1)
      if (total_q[b]) log = LogBits'(b);
  end
  assign normal        = total5_q << (TopLog[LogBits-1:0] - log5_q);
  assign unused_normal = normal[TotalBits-1] ^ (^normal[TotalBits-18:0]);
  always_ff @(posedge clk_i) if (enable) begin
    log5_q     <= log;
    total5_q   <= total_q;
    argument_q <= normal[TotalBits-2 -: 16];
    log_q      <= {log_q[4*LogBits-1:0], log5_q};
  end
  mase_function_table #(
    .IndexBits(IndexBits), .StepBits(16 - IndexBits), .ValueBits(17), .SlopeBits(SlopeBits), .Words(Words)) u_factor (
    .clk_i(clk_i), .enable_i(enable), .argument_i({1'b0, argument_q}), .value_o(factor));

  // ---- Stage 10: times the reciprocal. Stages 11 and 12: S. Sums wait for stage 9.
  localparam int FactorBits = SumBits + 18;
  localparam int KeptBits = FactorBits - 9;              // nine bits are below every half
  localparam int ResultBits = ValueBits + 7;
  logic [Tile*ResultBits-1:0] result_q;
  logic [LogBits:0]           shift;
  assign shift = {1'b0, log_q[4*LogBits +: LogBits]} + 1'b1;
  generate
    for (genvar i = 0; i < Tile; i = i + 1) begin : g_result
      logic [5*SumBits-1:0]           wait_q;            // stages 5 to 9
      logic signed [SumBits-1:0]      whole_sum;
      logic signed [17:0]             reciprocal;
      logic signed [FactorBits-1:0]   scaled, scaled_q;
      logic        [KeptBits-1:0]     shifted;
      logic        [ResultBits-1:0]   shifted_q;
      logic                           half, half_q, unused_bits;
      assign whole_sum   = wait_q[4*SumBits +: SumBits];
      assign reciprocal  = {1'b0, factor};
      assign scaled      = whole_sum * reciprocal;
      assign unused_bits = (^scaled_q[8:0]) ^ (^shifted[KeptBits-1:ResultBits]);
      mase_mx_align #(.TermBits(KeptBits), .GuardBits(0), .ShiftBits(LogBits + 1)) u_shift (
        .term_i(scaled_q[FactorBits-1:9]), .shift_i(shift), .aligned_o(shifted), .half_o(half));
      always_ff @(posedge clk_i) if (enable) begin
        wait_q    <= {wait_q[4*SumBits-1:0], sum_q[i*SumBits +: SumBits]};
        scaled_q  <= scaled;
        shifted_q <= shifted[ResultBits-1:0];
        half_q    <= half;
        result_q[i*ResultBits +: ResultBits] <= shifted_q + {{(ResultBits-1){1'b0}}, half_q};
      end
    end
  endgenerate
  localparam int Unit = ValueExponent - 6;               // E of O16
  mase_edge_cast #(
    .Lanes(Tile), .SumBits(ResultBits), .Bits(OutputBits), .ExponentBits(OutputExponentBits),
    .MaxShift(OutputMaxShift), .ScaleBits(OutputScaleBits), .Exponent(OutputExponent),
    .LargestCode(OutputLargestCode), .ScaleRounds(OutputScaleRounds)) u_cast (
    .clk_i(clk_i), .rst_i(rst_i), .sum_data_i(result_q), .sum_exponent_i({Blocks{Unit[11:0]}}),
    .sum_valid_i(valid_q[12]), .sum_ready_o(enable), .y_data_o(y_data_o), .y_scale_o(y_scale_o),
    .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
endmodule
