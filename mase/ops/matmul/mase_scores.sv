// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Queries times the keys so far, head by head: the products of a query's Tile features with those of Keys keys in a
// cycle. Row i of a sequence writes its keys at i, then gives for each head the scores of keys 0 to i, Keys a beat,
// zeros in the lanes beyond. Heads share keys in turn where there are fewer of them. Without Causal every row gives the
// scores of all keys of its sequence, from its last row on: a sequence's queries wait outside, but for two rows.
// (operators.md O14, arithmetic.md A18, streams.md S1, S2, S8)
module mase_scores #(
  parameter int Heads = 4,               // of queries
  parameter int KeyHeads = 4,            // divides Heads
  parameter int HeadFeatures = 16,
  parameter int Context = 256,           // positions of a sequence, at most
  parameter int Causal = 1,              // 0: every row sees all keys of its sequence
  parameter int UltraRam = 0,            // 1: the cache is to be UltraRAM
  parameter int Tile = 4,                // elements a beat of x and of k, S1: divides HeadFeatures
  parameter int Keys = 1,                // a power of two
  parameter int Packed = 0,              // keys whose products with a feature share a DSP slice, as mase_mx_pack allows;
                                         // divides Keys; 0: products are carry rows
  parameter int QBits = 8,               // queries: of an element's code
  parameter int QExponentBits = 0,       // 0: two's complement; else a float
  parameter int QMaxShift = 0,           // of the largest float
  parameter int QSymmetric = 1,          // 0: static, -2^(QBits-1) is an element too
  parameter int QScaleBits = 8,          // of a stored scale; 0: there are none
  parameter int QExponent = -133,        // what a stored scale of 0 stands for; of a static one the exponent
  parameter int KBits = 8,               // keys: the same
  parameter int KExponentBits = 0,
  parameter int KMaxShift = 0,
  parameter int KSymmetric = 1,
  parameter int KScaleBits = 8,
  parameter int KExponent = -133,
  parameter int Fraction = 10,           // F of O14
  localparam int Parts = (Tile + 31) / 32,
  localparam int QScaleWidth = (QScaleBits == 0) ? 1 : Parts * QScaleBits,
  localparam int KScaleWidth = (KScaleBits == 0) ? 1 : Parts * KScaleBits
) (
  input  logic                   clk_i,
  input  logic                   rst_i,              // synchronous, active high
  input  logic [1:0]             c_data_i,           // a word a row: bit 0 the first of its sequence, bit 1 the last
  input  logic                   c_valid_i,
  output logic                   c_ready_o,
  input  logic [Tile*QBits-1:0]  x_data_i,           // queries: rows of Heads * HeadFeatures
  input  logic [QScaleWidth-1:0] x_scale_i,
  input  logic                   x_valid_i,
  output logic                   x_ready_o,
  input  logic [Tile*KBits-1:0]  k_data_i,           // keys: rows of KeyHeads * HeadFeatures
  input  logic [KScaleWidth-1:0] k_scale_i,
  input  logic                   k_valid_i,
  output logic                   k_ready_o,
  output logic [Keys*24-1:0]     y_data_o,
  output logic                   y_valid_o,
  input  logic                   y_ready_i
);
  localparam int Lanes = Tile / Parts;
  localparam int Outputs = (Packed == 0) ? Keys : Packed;        // keys of a dot product's module
  localparam bit Static = QScaleBits == 0 && KScaleBits == 0;    // a head is one term
  localparam bit Whole = !Static && (Tile >= 32 || Tile == HeadFeatures);   // a beat has whole terms, one a part
  localparam int Terms = Static ? 1 : Parts;                     // of a beat
  // A18, A17: narrow elements are shifted when they are decoded, where no product is rounded.
  localparam int QSignificand = (QExponentBits == 0) ? QBits - QSymmetric : QBits - QExponentBits;
  localparam int KSignificand = (KExponentBits == 0) ? KBits - KSymmetric : KBits - KExponentBits;
  localparam int ExactBits = QSignificand + KSignificand + QMaxShift + KMaxShift;
  localparam int LeastBits = (QSignificand + KSignificand > 24) ? QSignificand + KSignificand : 24;
  localparam int WindowBits = (ExactBits < LeastBits) ? ExactBits : LeastBits;
  localparam int Dropped = ExactBits - WindowBits;
  localparam bit QFixed = Dropped == 0 && QSignificand + QMaxShift <= 7 && (QSignificand > 1 || QMaxShift <= 2);
  localparam bit KFixed = Dropped == 0 && KSignificand + KMaxShift <= 7 && (KSignificand > 1 || KMaxShift <= 2);
  localparam int QShift = QFixed ? 0 : QMaxShift;
  localparam int KShift = KFixed ? 0 : KMaxShift;
  localparam int QInteger = 1 + QSignificand + QMaxShift - QShift;
  localparam int KInteger = 1 + KSignificand + KMaxShift - KShift;
  localparam int QElement = QInteger + ((QShift == 0) ? 0 : $clog2(QShift + 1));
  localparam int KElement = KInteger + ((KShift == 0) ? 0 : $clog2(KShift + 1));
  localparam int DotBits = WindowBits + 1 + $clog2(Lanes);
  localparam int TermBits = WindowBits + 1 + ((Static || HeadFeatures < 32) ? $clog2(HeadFeatures) : 5);
  localparam bit OneTerm = Static || 32 % HeadFeatures == 0;     // heads never lie in two blocks
  localparam int SumBits = OneTerm ? 34 : 34 + $clog2(HeadFeatures / 16 + 3);
  localparam int ShiftBits = $clog2(TermBits + 34);
  // What a term's shift (mase_scores_term) is above the scales.
  localparam int ShiftBase = 33 - (QExponent + KExponent + Dropped + Fraction + 4);

  localparam int HeadWords = HeadFeatures / Tile;
  localparam int RowWords = Heads * HeadWords;
  localparam int RowBits = (RowWords == 1) ? 1 : $clog2(RowWords);
  localparam int WordBits = (HeadWords == 1) ? 1 : $clog2(HeadWords);
  localparam int KeyBits = $clog2(Keys);
  localparam int Positions = (Context < 2 * Keys) ? 2 * Keys : Context;
  localparam int PositionBits = $clog2(Positions);
  localparam int CacheDepth = (Positions + Keys - 1) / Keys * KeyHeads * HeadWords;
  localparam int AddressBits = (CacheDepth == 1) ? 1 : $clog2(CacheDepth);
  localparam int KeyWidth = Tile * KBits + ((KScaleBits == 0) ? 0 : KScaleWidth);

  // ---- A row of queries, the rows of keys, and where in them a cycle is.
  logic                     enable, issue, row_done, query_valid, keys_valid;
  logic [PositionBits-1:0]  position;
  logic [WordBits-1:0]      word;
  logic [RowBits-1:0]       query_word, key_word;
  logic [AddressBits-1:0]   address;
  logic                     word_last, group_first, group_last, head_last, term_last;
  logic [Tile*QBits-1:0]    query_data;
  logic [QScaleWidth-1:0]   query_scale;
  logic [7:0]               query_largest;
  logic [KeyWidth-1:0]      key_in;
  logic [Keys*KeyWidth-1:0] key_words;
  logic                     unused;
  assign unused   = (^query_largest) ^ group_first ^ (^word) ^ (^key_word);
  assign issue    = enable & query_valid & keys_valid;
  assign row_done = issue & word_last & group_last & head_last;
  mase_linear_row_buffer #(
    .Beats(RowWords), .DataBits(Tile * QBits), .Scales(Parts), .ScaleBits(QScaleBits)) u_queries (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(x_data_i), .x_scale_i(x_scale_i), .x_valid_i(x_valid_i),
    .x_ready_o(x_ready_o), .row_valid_o(query_valid), .row_done_i(row_done), .row_index_i(query_word),
    .row_data_o(query_data), .row_scale_o(query_scale), .row_largest_o(query_largest));
  mase_attention_cache #(
    .Width(KeyWidth), .Beats(KeyHeads * HeadWords), .Context(Context), .Keys(Keys),
    .Causal(Causal), .UltraRam(UltraRam)) u_keys (
    .clk_i(clk_i), .rst_i(rst_i), .c_data_i(c_data_i), .c_valid_i(c_valid_i), .c_ready_o(c_ready_o),
    .x_data_i(key_in), .x_valid_i(k_valid_i), .x_ready_o(k_ready_o), .row_valid_o(keys_valid),
    .row_position_o(position), .row_done_i(row_done), .read_i(enable), .read_address_i(address),
    .read_data_o(key_words));
  mase_attention_walk #(
    .Heads(Heads), .KeyHeads(KeyHeads), .HeadWords(HeadWords), .GroupBits(PositionBits - KeyBits),
    .AddressBits(AddressBits)) u_walk (
    .clk_i(clk_i), .rst_i(rst_i), .step_i(issue), .last_group_i(position[PositionBits-1:KeyBits]), .word_o(word), .row_word_o(query_word),
    .key_word_o(key_word), .address_o(address), .word_last_o(word_last), .group_first_o(group_first),
    .group_last_o(group_last), .head_last_o(head_last));
  generate
    if (KScaleBits == 0) begin : g_static_keys
      logic unused_scale;
      assign unused_scale = ^k_scale_i;
      assign key_in       = k_data_i;
    end else begin : g_block_keys
      assign key_in = {k_scale_i, k_data_i};
    end
    // A term ends with its head, and with a block of either row.
    if (OneTerm || Whole) begin : g_even
      assign term_last = OneTerm ? word_last : 1'b1;
    end else begin : g_blocks
      localparam int BlockBits = $clog2(32 / Tile);
      assign term_last = word_last | (QScaleBits != 0 && (&query_word[BlockBits-1:0]))
                                   | (KScaleBits != 0 && (&key_word[BlockBits-1:0]));
    end
  endgenerate

  // ---- What the beat in each stage is for.
  logic [Keys-1:0]   present;            // lanes of a group that are keys of the row
  logic [8*Keys-1:0] present_q;
  logic [8:1]        valid_q, score_q;   // score: the last of its head and group
  logic [6:1]        term_q;             // the last of a term
  generate
    for (genvar o = 0; o < Keys; o = o + 1) begin : g_present
      if (o == 0) begin : g_first
        assign present[o] = 1'b1;
      end else begin : g_next
        assign present[o] = ~group_last | (position[KeyBits-1:0] >= KeyBits'(o));
      end
    end
  endgenerate
  always_ff @(posedge clk_i) begin
    if (rst_i) valid_q <= '0;
    else if (enable) valid_q <= {valid_q[7:1], issue};
    if (enable) begin
      score_q   <= {score_q[7:1], word_last};
      term_q    <= {term_q[5:1], term_last};
      present_q <= {present_q[7*Keys-1:0], present};
    end
  end

  // ---- Stage 1: decoded. Stages 2 and 3: dot products.
  logic [Tile*QElement-1:0]         query, query_q;
  logic [Keys*Tile*KElement-1:0]    key;
  logic [Keys*Parts*DotBits-1:0]    dot;
  logic [Keys*Terms*ShiftBits-1:0]  shift;               // with stage 4
  mase_operand_decode #(
    .Lanes(Tile), .Bits(QBits), .ExponentBits(QExponentBits), .MaxShift(QMaxShift), .Fixed(QFixed),
    .ElementBits(QElement)) u_query (
    .code_i(query_data), .element_o(query));
  always_ff @(posedge clk_i) if (enable) query_q <= query;
  generate
    for (genvar o = 0; o < Keys; o = o + 1) begin : g_key
      mase_operand_decode #(
        .Lanes(Tile), .Bits(KBits), .ExponentBits(KExponentBits), .MaxShift(KMaxShift), .Fixed(KFixed),
        .ElementBits(KElement)) u_key (
        .code_i(key_words[o*KeyWidth +: Tile*KBits]), .element_o(key[o*Tile*KElement +: Tile*KElement]));
    end
    for (genvar p = 0; p < Parts; p = p + 1) begin : g_part
      for (genvar g = 0; g < Keys / Outputs; g = g + 1) begin : g_outputs
        logic [Outputs*Lanes*KElement-1:0] keys;
        logic [Outputs*DotBits-1:0]        dots;
        mase_mx_dot #(
          .Lanes(Lanes), .Outputs(Outputs), .Dsp((Packed == 0) ? 0 : 1), .ABits(QInteger), .AMaxShift(QShift),
          .BBits(KInteger), .BMaxShift(KShift), .BSymmetric(1), .WindowBits(WindowBits)) u_dot (
          .clk_i(clk_i), .enable_i(enable), .a_i(query_q[p*Lanes*QElement +: Lanes*QElement]), .b_i(keys),
          .sum_o(dots));
        for (genvar o = 0; o < Outputs; o = o + 1) begin : g_output
          localparam int Key = g * Outputs + o;
          assign keys[o*Lanes*KElement +: Lanes*KElement] = key[(Key*Tile+p*Lanes)*KElement +: Lanes*KElement];
          assign dot[(Key*Parts+p)*DotBits +: DotBits] = dots[o*DotBits +: DotBits];
        end
      end
    end

    // Meanwhile the shifts: all zeros where a term is lost at the left, all ones where it is at the right.
    if (Static) begin : g_static_shift
      localparam int Limited = (ShiftBase < 0) ? 0 : (ShiftBase > (1 << ShiftBits) - 1) ? (1 << ShiftBits) - 1
                                                                                      : ShiftBase;
      logic unused_scale;
      assign unused_scale = ^query_scale;
      assign shift        = {Keys{ShiftBits'(Limited)}};
    end else begin : g_shift
      logic [QScaleWidth-1:0] query_scale_q;
      always_ff @(posedge clk_i) if (enable) query_scale_q <= query_scale;
      for (genvar t = 0; t < Keys * Parts; t = t + 1) begin : g_term
        logic [11:0]          query_part, key_part, raw;
        logic [ShiftBits-1:0] limited, shift2_q, shift3_q, shift4_q;
        if (QScaleBits == 0) begin : g_static_query
          assign query_part = '0;
        end else begin : g_block_query
          assign query_part = 12'(query_scale_q[t%Parts*QScaleBits +: QScaleBits]);
        end
        if (KScaleBits == 0) begin : g_static_key
          assign key_part = '0;
        end else begin : g_block_key
          assign key_part = 12'(key_words[t/Parts*KeyWidth + Tile*KBits + t%Parts*KScaleBits +: KScaleBits]);
        end
        assign raw     = ShiftBase[11:0] - query_part - key_part;
        assign limited = raw[11] ? '0 : raw[ShiftBits-1:0] | {ShiftBits{|raw[10:ShiftBits]}};
        always_ff @(posedge clk_i) if (enable) begin
          shift2_q <= limited;
          shift3_q <= shift2_q;
          shift4_q <= shift3_q;
        end
        assign shift[t*ShiftBits +: ShiftBits] = shift4_q;
      end
      if (QScaleBits == 0) begin : g_unused
        logic unused_scale;
        assign unused_scale = ^query_scale_q;
      end
    end
  endgenerate

  // ---- Stage 4: terms. Stages 5 and 6: at their places. Stage 7: their sum. Stage 8: the score.
  logic [Keys*24-1:0] score;
  logic               sum_fresh_q;       // the next term is the first of a sum
  always_ff @(posedge clk_i) begin
    if (rst_i) sum_fresh_q <= 1'b1;
    else if (enable & valid_q[6] & term_q[6]) sum_fresh_q <= score_q[6];
  end
  generate
    for (genvar o = 0; o < Keys; o = o + 1) begin : g_score
      logic [Terms*TermBits-1:0] terms;
      logic [Terms*34-1:0]       placed;
      logic [SumBits-1:0]        added, sum_q;
      logic [23:0]               score_d, out_q;
      if (Whole) begin : g_whole
        for (genvar t = 0; t < Terms; t = t + 1) begin : g_term
          logic [TermBits-1:0] whole_q;
          always_ff @(posedge clk_i) if (enable) whole_q <= TermBits'($signed(dot[(o*Parts+t)*DotBits +: DotBits]));
          assign terms[t*TermBits +: TermBits] = whole_q;
        end
      end else begin : g_accumulate      // parts only where all are of one term
        logic [TermBits-1:0] beat, running_q;
        logic                fresh_q;    // the next beat is the first of a term
        always_comb begin
          beat = '0;
          for (int p = 0; p < Parts; p = p + 1)
            beat = beat + TermBits'($signed(dot[(o*Parts+p)*DotBits +: DotBits]));
        end
        always_ff @(posedge clk_i) begin
          if (rst_i) fresh_q <= 1'b1;
          else if (enable & valid_q[3]) fresh_q <= term_q[3];
          if (enable & valid_q[3]) running_q <= (fresh_q ? '0 : running_q) + beat;
        end
        assign terms = running_q;
      end
      for (genvar t = 0; t < Terms; t = t + 1) begin : g_place
        mase_scores_term #(.TermBits(TermBits), .ShiftBits(ShiftBits)) u_place (
          .clk_i(clk_i), .enable_i(enable), .term_i(terms[t*TermBits +: TermBits]),
          .shift_i(shift[(o*Terms+t)*ShiftBits +: ShiftBits]), .term_o(placed[t*34 +: 34]));
      end
      always_comb begin
        added = sum_fresh_q ? '0 : sum_q;
        for (int t = 0; t < Terms; t = t + 1) added = added + SumBits'($signed(placed[t*34 +: 34]));
      end
      mase_scores_round #(.SumBits(SumBits)) u_round (.sum_i(sum_q), .score_o(score_d));
      always_ff @(posedge clk_i) begin
        if (enable & valid_q[6] & term_q[6]) sum_q <= added;
        if (enable) out_q <= present_q[6*Keys + o] ? score_d : '0;
      end
      assign score[o*24 +: 24] = out_q;
    end
  endgenerate
  // Beats wait, so that enable comes from a register; then the output's own register.
  logic               stored, move, y_valid_q;
  logic [Keys*24-1:0] head, y_data_q;
  logic               unused_flags;
  assign unused_flags = (^present_q[8*Keys-1:7*Keys]) ^ score_q[7];
  assign move         = y_ready_i | ~y_valid_q;
  mase_stream_fifo #(.Width(Keys * 24)) u_wait (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(score), .x_valid_i(valid_q[8] & score_q[8]), .x_ready_o(enable),
    .y_data_o(head), .y_valid_o(stored), .y_ready_i(move));
  always_ff @(posedge clk_i) begin
    if (rst_i) y_valid_q <= 1'b0;
    else if (move) y_valid_q <= stored;
    if (move & stored) y_data_q <= head;
  end
  assign y_data_o  = y_data_q;
  assign y_valid_o = y_valid_q;
endmodule
