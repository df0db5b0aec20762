// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rotary position embedding: rows of whole heads, pair by pair. Positions are counted from 0, the angles with them. A
// beat a cycle; a group (O13) waits until it is whole. (operators.md O4, O13, S1, S2, S5, S7)
module mase_rope #(
  parameter int Features = 64,           // of all heads
  parameter int HeadFeatures = 16,
  parameter int TileIn = 4,              // elements a beat on both ports, S1: divides half a head, or is whole heads,
                                         // at most a group
  parameter int InputBits = 8,           // as of mase_edge_decode
  parameter int InputExponentBits = 0,
  parameter int InputMaxShift = 0,
  parameter int InputScaleBits = 8,      // of a stored scale; 0: there are none
  parameter int InputExponent = -133,
  parameter int OutputBits = 8,          // as of mase_edge_cast
  parameter int OutputExponentBits = 0,
  parameter int OutputMaxShift = 0,
  parameter int OutputScaleBits = 8,     // of a stored scale; 0: there are none
  parameter int OutputExponent = 0,
  parameter int OutputLargestCode = 127,
  parameter int OutputScaleRounds = 0,
  parameter int IndexBits = 8,           // of the quarter wave, as of mase_function_table
  parameter int SlopeBits = 10,
  parameter logic [((17+SlopeBits)<<IndexBits)-1:0] Words = '0,
  parameter logic [HeadFeatures/2*32-1:0] Steps = '0,    // of each pair, turns of 2^32 a position
  localparam int Blocks = (TileIn + 31) / 32,
  localparam int InputScaleWidth = (InputScaleBits == 0) ? 1 : Blocks * InputScaleBits,
  localparam int OutputScaleWidth = (OutputScaleBits == 0) ? 1 : Blocks * OutputScaleBits
) (
  input  logic                         clk_i,
  input  logic                         rst_i,      // synchronous, active high
  input  logic [TileIn*InputBits-1:0]  x_data_i,
  input  logic [InputScaleWidth-1:0]          x_scale_i,
  input  logic                         x_valid_i,
  output logic                         x_ready_o,
  input  logic [1:0]                   c_data_i,   // a word a row: {last, first} of its sequence, S7
  input  logic                         c_valid_i,
  output logic                         c_ready_o,
  output logic [TileIn*OutputBits-1:0] y_data_o,
  output logic [OutputScaleWidth-1:0]          y_scale_o,
  output logic                         y_valid_o,
  input  logic                         y_ready_i
);
  localparam int Half = HeadFeatures / 2;
  localparam bit Inside = TileIn >= HeadFeatures;        // both of a pair are in one beat
  localparam int Group = (HeadFeatures % 32 == 0) ? HeadFeatures : (HeadFeatures % 16 == 0) ? 2 * HeadFeatures
                       : (HeadFeatures % 8 == 0) ? 4 * HeadFeatures : (HeadFeatures % 4 == 0) ? 8 * HeadFeatures
                                                                                             : 16 * HeadFeatures;
  localparam int Beats = Group / TileIn;                 // of a group
  localparam int BeatBits = (Beats == 1) ? 1 : $clog2(Beats);
  localparam int RowBeats = Features / TileIn;
  localparam int RowBits = (RowBeats == 1) ? 1 : $clog2(RowBeats);
  localparam int HalfBeats = Inside ? 1 : Half / TileIn;
  localparam int HalfBits = (HalfBeats == 1) ? 1 : $clog2(HalfBeats);
  localparam int Pairs = Inside ? Half : TileIn;         // phases a beat
  localparam int Magnitude = ((InputScaleBits == 0) ? InputBits : (InputExponentBits == 0) ? InputBits - 1
                                                             : InputBits - InputExponentBits) + InputMaxShift;   // N
  localparam int Whole = Magnitude + 1;
  localparam int Aligned = Whole + 4;                    // of a
  localparam int SumBits = Magnitude + 10;

  // ---- A group, and where in its row the beat is.
  logic                        group_valid, group_done, enable, issue, first, control_valid, unused_last;
  logic [BeatBits-1:0]         index_q, partner_index;
  logic [RowBits-1:0]          row_q;
  logic [HalfBits-1:0]         pair_q;                   // beat in half a head
  logic                        second_q, row_last, index_last, pair_last;
  logic [TileIn*InputBits-1:0] own_data, partner_data;
  logic [InputScaleWidth-1:0]  own_scale, partner_scale;
  logic [7:0]                  group_largest;
  localparam int LastBeat = Beats - 1;
  localparam int LastRow = RowBeats - 1;
  localparam int LastPair = HalfBeats - 1;
  assign issue      = enable & group_valid & control_valid;
  assign index_last = index_q == LastBeat[BeatBits-1:0];
  assign row_last   = row_q == LastRow[RowBits-1:0];
  assign pair_last  = pair_q == LastPair[HalfBits-1:0];
  assign group_done = issue & index_last;
  assign unused_last = c_data_i[1];
  mase_stream_fifo #(.Width(1)) u_control (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(c_data_i[0]), .x_valid_i(c_valid_i), .x_ready_o(c_ready_o),
    .y_data_o(first), .y_valid_o(control_valid), .y_ready_i(issue & row_last));
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      index_q  <= '0;
      row_q    <= '0;
      pair_q   <= '0;
      second_q <= 1'b0;
    end else if (issue) begin
      index_q <= index_last ? '0 : index_q + 1'b1;
      row_q   <= row_last ? '0 : row_q + 1'b1;
      pair_q  <= pair_last ? '0 : pair_q + 1'b1;
      if (pair_last) second_q <= ~second_q;
    end
  end
  mase_linear_row_buffer #(
    .Beats(Beats), .DataBits(TileIn * InputBits), .Scales(Blocks),
    .ScaleBits(InputScaleBits)) u_own (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(x_data_i), .x_scale_i(x_scale_i), .x_valid_i(x_valid_i),
    .x_ready_o(x_ready_o), .row_valid_o(group_valid), .row_done_i(group_done), .row_index_i(index_q),
    .row_data_o(own_data), .row_scale_o(own_scale), .row_largest_o(group_largest));
  generate
    if (Inside) begin : g_inside
      assign partner_index = '0;
      assign partner_scale = '0;
      for (genvar i = 0; i < TileIn; i = i + 1) begin : g_lane
        localparam int Partner = (i % HeadFeatures < Half) ? i + Half : i - Half;
        assign partner_data[i*InputBits +: InputBits] = own_data[Partner*InputBits +: InputBits];
      end
      logic unused;
      assign unused = (^partner_index) ^ (^partner_scale) ^ second_q;
    end else begin : g_apart
      // The same beats once more, to be read at the same time.
      logic       ready, valid, unused;
      logic [7:0] largest;
      assign unused        = ready ^ valid ^ (^largest);
      assign partner_index = second_q ? index_q - BeatBits'(HalfBeats) : index_q + BeatBits'(HalfBeats);
      mase_linear_row_buffer #(
        .Beats(Beats), .DataBits(TileIn * InputBits), .Scales(Blocks),
        .ScaleBits(InputScaleBits)) u_partner (
        .clk_i(clk_i), .rst_i(rst_i), .x_data_i(x_data_i), .x_scale_i(x_scale_i), .x_valid_i(x_valid_i),
        .x_ready_o(ready), .row_valid_o(valid), .row_done_i(group_done), .row_index_i(partner_index),
        .row_data_o(partner_data), .row_scale_o(partner_scale), .row_largest_o(largest));
    end
  endgenerate

  // ---- Phases of this position: each grows by its step when the row's last head has used it.
  logic [Pairs*32-1:0] stored, phase, phase_q, next;
  assign phase = first ? '0 : stored;                    // position 0
  always_comb
    for (int p = 0; p < Pairs; p = p + 1)
      next[p*32 +: 32] = phase[p*32 +: 32] + Steps[({{(32-HalfBits){1'b0}}, pair_q} * Pairs + p)*32 +: 32];
  mase_lutram #(.Width(Pairs * 32), .AddressBits(HalfBits)) u_phases (
    .clk_i(clk_i), .write_i(issue & (row_q > LastRow[RowBits-1:0] - RowBits'(HalfBeats))), .write_address_i(pair_q),
    .write_data_i(next), .read_address_i(pair_q), .read_data_o(stored));

  // ---- Stage 1: decoded. Stage 2: aligned. Stages 3 to 5: sines. Stage 6: products. Stage 7: S.
  logic [TileIn*Whole-1:0] own, own_q, partner, partner_q;
  logic [Blocks*12-1:0]    own_exponent, partner_exponent, own_shift_q;
  logic [11:0]             largest;
  logic [7*12-1:0]         largest_q;
  logic [6:0]              valid_q;
  mase_edge_decode #(
    .Lanes(TileIn), .Bits(InputBits), .ExponentBits(InputExponentBits), .MaxShift(InputMaxShift),
    .ScaleBits(InputScaleBits), .Exponent(InputExponent)) u_own_decode (
    .data_i(own_data), .scale_i(own_scale), .whole_o(own), .exponent_o(own_exponent));
  mase_edge_decode #(
    .Lanes(TileIn), .Bits(InputBits), .ExponentBits(InputExponentBits), .MaxShift(InputMaxShift),
    .ScaleBits(InputScaleBits), .Exponent(InputExponent)) u_partner_decode (
    .data_i(partner_data), .scale_i(partner_scale), .whole_o(partner), .exponent_o(partner_exponent));
  generate
    if (InputScaleBits == 0) begin : g_static
      logic unused;
      assign unused  = ^group_largest;
      assign largest = InputExponent[11:0];
    end else begin : g_blocks
      assign largest = 12'(group_largest) + InputExponent[11:0];
    end
  endgenerate
  logic [TileIn*12-1:0] partner_shift_q;
  always_ff @(posedge clk_i) begin
    if (rst_i) valid_q <= '0;
    else if (enable) valid_q <= {valid_q[5:0], group_valid & control_valid};
    if (enable) begin
      own_q     <= own;
      partner_q <= partner;
      phase_q   <= phase;
      largest_q <= {largest_q[6*12-1:0], largest};
      for (int b = 0; b < Blocks; b = b + 1) own_shift_q[b*12 +: 12] <= largest - own_exponent[b*12 +: 12];
    end
  end

  logic second_qq;                                       // with stage 1
  always_ff @(posedge clk_i) if (enable) second_qq <= second_q;
  logic [Pairs*18-1:0] sine, cosine;                     // with stage 5, of the first of a pair
  generate
    for (genvar p = 0; p < Pairs; p = p + 1) begin : g_pair
      mase_rope_sine #(.IndexBits(IndexBits), .SlopeBits(SlopeBits), .Words(Words)) u_sine (
        .clk_i(clk_i), .enable_i(enable), .phase_i(phase_q[p*32+12 +: 20]), .sine_o(sine[p*18 +: 18]));
      mase_rope_sine #(.IndexBits(IndexBits), .SlopeBits(SlopeBits), .Words(Words)) u_cosine (
        .clk_i(clk_i), .enable_i(enable), .phase_i(phase_q[p*32+12 +: 20] + 20'h40000), .sine_o(cosine[p*18 +: 18]));
      logic unused;
      assign unused = ^phase_q[p*32 +: 12];
    end
  endgenerate

  logic [TileIn*SumBits-1:0] sum_q;
  logic [4:0]                second_later_q;             // of stages 2 to 6
  always_ff @(posedge clk_i) if (enable) second_later_q <= {second_later_q[3:0], second_qq};
  generate
    for (genvar i = 0; i < TileIn; i = i + 1) begin : g_lane
      localparam int Pair = Inside ? i % Half : i;
      localparam int PartnerBlock = Inside ? ((i % HeadFeatures < Half) ? i + Half : i - Half) / 32 : i / 32;
      logic [Aligned-1:0]             own_aligned, partner_aligned;
      logic                           own_half, partner_half, second;
      logic [4*Aligned-1:0]           own_later_q, partner_later_q;   // of stages 2 to 5
      logic signed [Aligned-1:0]      a, b;
      logic signed [17:0]             c, s;
      logic signed [Aligned+17:0]     straight_q, crossed_q;
      logic [Aligned+17:0]            total, rounded;
      logic                           unused;
      if (Inside) begin : g_static_half
        assign second = (i % HeadFeatures) >= Half;
        always_ff @(posedge clk_i) if (enable)
          partner_shift_q[i*12 +: 12] <= largest - own_exponent[PartnerBlock*12 +: 12];
      end else begin : g_half
        assign second = second_later_q[4];
        always_ff @(posedge clk_i) if (enable)
          partner_shift_q[i*12 +: 12] <= largest - partner_exponent[PartnerBlock*12 +: 12];
      end
      mase_mx_align #(.TermBits(Whole), .GuardBits(4), .ShiftBits(12)) u_own (
        .term_i(own_q[i*Whole +: Whole]), .shift_i(own_shift_q[i/32*12 +: 12]), .aligned_o(own_aligned),
        .half_o(own_half));
      mase_mx_align #(.TermBits(Whole), .GuardBits(4), .ShiftBits(12)) u_partner (
        .term_i(partner_q[i*Whole +: Whole]), .shift_i(partner_shift_q[i*12 +: 12]), .aligned_o(partner_aligned),
        .half_o(partner_half));
      assign a       = own_later_q[3*Aligned +: Aligned];
      assign b       = partner_later_q[3*Aligned +: Aligned];
      assign c       = cosine[Pair*18 +: 18];
      assign s       = sine[Pair*18 +: 18];
      assign total   = second ? straight_q + crossed_q : straight_q - crossed_q;
      assign rounded = total + (Aligned+18)'(2048);
      assign unused  = (^rounded[11:0]) ^ (^(rounded >> (SumBits + 12)));
      always_ff @(posedge clk_i) if (enable) begin
        own_later_q     <= {own_later_q[3*Aligned-1:0], own_aligned + {{(Aligned-1){1'b0}}, own_half}};
        partner_later_q <= {partner_later_q[3*Aligned-1:0], partner_aligned + {{(Aligned-1){1'b0}}, partner_half}};
        straight_q      <= a * c;
        crossed_q       <= b * s;
        sum_q[i*SumBits +: SumBits] <= rounded[12 +: SumBits];
      end
    end
    if (Inside) begin : g_unused
      logic unused;
      assign unused = (^second_later_q) ^ (^partner_exponent);
    end
  endgenerate
  logic [11:0] sum_exponent;
  assign sum_exponent = largest_q[6*12 +: 12] - 12'd8;
  mase_edge_cast #(
    .Lanes(TileIn), .SumBits(SumBits), .Bits(OutputBits), .ExponentBits(OutputExponentBits), .MaxShift(OutputMaxShift),
    .ScaleBits(OutputScaleBits), .Exponent(OutputExponent), .LargestCode(OutputLargestCode),
    .ScaleRounds(OutputScaleRounds)) u_cast (
    .clk_i(clk_i), .rst_i(rst_i), .sum_data_i(sum_q), .sum_exponent_i({Blocks{sum_exponent}}),
    .sum_valid_i(valid_q[6]), .sum_ready_o(enable), .y_data_o(y_data_o), .y_scale_o(y_scale_o),
    .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
endmodule
