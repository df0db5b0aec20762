// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sums to blocks of 32 elements under a scale: Lanes sums a beat wait in a buffer until their block is whole, then leave
// normalised, rounded and saturated, Lanes a cycle: the shifters are shared by the block. Latency 4 cycles from the last
// beat of a block to its first output, rate 1. (arithmetic.md A9 to A14, A19, A20, A26, S1, S2)
module mase_mx_cast #(
  parameter int Lanes = 1,               // sums a beat: 1, 2, 4, 8, 16, 32 or a multiple of 32
  parameter int SumBits = 24,            // bits of a sum, sign included; |sum| < 2^(SumBits-1)
  parameter int OutputBits = 8,          // bits of an element's code; SumBits - 3 hold its significand and sign
  parameter int ExponentBits = 0,        // 0: two's complement; else a float
  parameter int MaxShift = 0,            // of the largest float
  parameter int LargestCode = 127,
  parameter int ScaleRounds = 0,         // 1: the scale is that of the nearest power of two, A20
  parameter int ScaleBits = 8,           // of a stored scale
  parameter int TableBits = 0,           // of the magnitudes of a table; 0: there is none
  parameter int Decisions = 1,           // of the table
  parameter logic [Decisions*(TableBits+OutputBits+2)-1:0] Table = '0,   // A26
  parameter logic [OutputBits-1:0] TableZero = '0,
  parameter int TopBits = 11,            // bits of the top exponent, sign included
  localparam int Blocks = (Lanes + 31) / 32
) (
  input  logic                        clk_i,
  input  logic                        rst_i,
  input  logic [Lanes*SumBits-1:0]    sum_data_i,
  input  logic [TopBits-1:0]          sum_top_i,     // B + 127 of these sums' row (arithmetic.md, the cast)
  input  logic                        sum_valid_i,
  output logic                        sum_ready_o,   // from a register
  output logic [Lanes*OutputBits-1:0] y_data_o,
  output logic [Blocks*ScaleBits-1:0] y_scale_o,
  output logic                        y_valid_o,
  input  logic                        y_ready_i
);
  localparam int BlockLanes = Lanes / Blocks;                  // sums of one block in a beat
  localparam int Beats = 32 / BlockLanes;                      // beats a block
  localparam int BeatBits = (Beats == 1) ? 1 : $clog2(Beats);
  localparam int Depth = (2 * Beats < 8) ? 8 : 2 * Beats;      // beats in the buffer
  localparam int DepthBits = $clog2(Depth);
  localparam int Heads = Depth / Beats;                        // blocks in the buffer
  localparam int HeadBits = $clog2(Heads);
  localparam int MagnitudeBits = SumBits - 1 + ScaleRounds;    // a scale that was rounded up needs a bit on top
  // Narrow scales are limited where values are likely: elements then go to the right in this room, or are lost at the
  // left and saturate.
  localparam int Significand = (TableBits > 0) ? TableBits : (ExponentBits == 0) ? OutputBits - 1
                             : OutputBits - ExponentBits;
  localparam int Room = (ScaleBits == 8) ? 0 : Significand + MaxShift + 1;
  localparam int NormalBits = MagnitudeBits + Room;
  localparam int ShiftBits = $clog2(NormalBits + 1);           // a shift of all ones leaves nothing: A12
  localparam int HeadWidth = ShiftBits + ScaleBits;
  localparam int LastBeat = Beats - 1;

  // ---- Buffer of signs and magnitudes; the block's magnitudes or-ed together have its leading one.
  logic                           push, pop;
  logic [Lanes*MagnitudeBits-1:0] magnitude, head_magnitude;
  logic [Lanes-1:0]               sign, head_sign;
  logic [DepthBits-1:0]           write_q, read_q;
  logic [DepthBits:0]             count_q, count_d;
  logic                           full_q;
  generate
    for (genvar i = 0; i < Lanes; i = i + 1) begin : g_magnitude
      logic [MagnitudeBits-1:0] low;
      assign low     = sum_data_i[i*SumBits +: MagnitudeBits];   // with the sign as its top bit if ScaleRounds
      assign sign[i] = sum_data_i[i*SumBits + SumBits - 1];
      assign magnitude[i*MagnitudeBits +: MagnitudeBits] =
          (low ^ {MagnitudeBits{sign[i]}}) + {{(MagnitudeBits-1){1'b0}}, sign[i]};
    end
  endgenerate
  mase_lutram #(.Width(Lanes * (SumBits + ScaleRounds)), .AddressBits(DepthBits)) u_buffer (
    .clk_i(clk_i), .write_i(push), .write_address_i(write_q), .write_data_i({sign, magnitude}),
    .read_address_i(read_q), .read_data_o({head_sign, head_magnitude}));

  assign push        = sum_valid_i & ~full_q;
  assign sum_ready_o = ~full_q;
  assign count_d     = count_q + {{DepthBits{1'b0}}, push} - {{DepthBits{1'b0}}, pop};
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      write_q <= '0;
      read_q  <= '0;
      count_q <= '0;
      full_q  <= 1'b0;
    end else begin
      if (push) write_q <= write_q + 1'b1;
      if (pop) read_q <= read_q + 1'b1;
      count_q <= count_d;
      full_q  <= count_d == Depth[DepthBits:0];
    end
  end

  // ---- Per block: the or of its magnitudes, then shift and scale, which queue for the way out.
  logic [BeatBits-1:0]             in_beat_q, out_beat_q;
  logic                            whole_q;
  logic [TopBits-1:0]              top_q;
  logic [Blocks*HeadWidth-1:0] head, next_head;
  logic [HeadBits-1:0]             head_write_q, head_read_q;
  logic [HeadBits:0]               head_count_q;
  logic                            head_pop;
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      in_beat_q <= '0;
      whole_q   <= 1'b0;
    end else begin
      whole_q <= push & (in_beat_q == LastBeat[BeatBits-1:0]);
      if (push) in_beat_q <= (in_beat_q == LastBeat[BeatBits-1:0]) ? '0 : in_beat_q + 1'b1;
    end
    if (push) top_q <= sum_top_i + TopBits'(ScaleRounds);
  end
  generate
    for (genvar b = 0; b < Blocks; b = b + 1) begin : g_block
      logic [MagnitudeBits-1:0] any_d, any_q, pair;
      always_comb begin
        any_d = (in_beat_q == '0) ? '0 : any_q;
        for (int i = 0; i < BlockLanes; i = i + 1)
          any_d = any_d | magnitude[(b*BlockLanes + i)*MagnitudeBits +: MagnitudeBits];
      end
      always_ff @(posedge clk_i) if (push) any_q <= any_d;
      if (ScaleRounds != 0) begin : g_pair                     // bits set together with the bit below
        logic [MagnitudeBits-1:0] pair_d, pair_q;
        always_comb begin
          pair_d = (in_beat_q == '0) ? '0 : pair_q;
          for (int i = 0; i < BlockLanes; i = i + 1)
            pair_d = pair_d | (magnitude[(b*BlockLanes + i)*MagnitudeBits +: MagnitudeBits]
                               & (magnitude[(b*BlockLanes + i)*MagnitudeBits +: MagnitudeBits] << 1));
        end
        always_ff @(posedge clk_i) if (push) pair_q <= pair_d;
        assign pair = pair_q;
      end else begin : g_no_pair
        assign pair = '0;
      end
      mase_mx_scale #(
        .MagnitudeBits(MagnitudeBits), .TopBits(TopBits), .Rounds(ScaleRounds), .ScaleBits(ScaleBits),
        .Room(Room)) u_scale (
        .any_i(any_q), .pair_i(pair), .top_i(top_q),
        .shift_o(next_head[b*HeadWidth +: ShiftBits]), .scale_o(next_head[b*HeadWidth + ShiftBits +: ScaleBits]));
    end
  endgenerate
  mase_lutram #(.Width(Blocks * HeadWidth), .AddressBits(HeadBits)) u_heads (
    .clk_i(clk_i), .write_i(whole_q), .write_address_i(head_write_q), .write_data_i(next_head),
    .read_address_i(head_read_q), .read_data_o(head));
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      head_write_q <= '0;
      head_read_q  <= '0;
      head_count_q <= '0;
      out_beat_q   <= '0;
    end else begin
      if (whole_q) head_write_q <= head_write_q + 1'b1;
      if (head_pop) head_read_q <= head_read_q + 1'b1;
      head_count_q <= head_count_q + {{HeadBits{1'b0}}, whole_q} - {{HeadBits{1'b0}}, head_pop};
      if (pop) out_beat_q <= head_pop ? '0 : out_beat_q + 1'b1;
    end
  end

  // ---- The way out: normalise, then round. Both stages move together.
  logic move, normal_valid_q, y_valid_q;
  assign move     = y_ready_i | ~y_valid_q;
  assign pop      = move & (head_count_q != '0);
  assign head_pop = pop & (out_beat_q == LastBeat[BeatBits-1:0]);
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      normal_valid_q <= 1'b0;
      y_valid_q      <= 1'b0;
    end else if (move) begin
      normal_valid_q <= pop;
      y_valid_q      <= normal_valid_q;
    end
  end
  logic [Blocks*ScaleBits-1:0] normal_scale_q, y_scale_q;
  always_ff @(posedge clk_i) if (move) y_scale_q <= normal_scale_q;
  generate
    for (genvar b = 0; b < Blocks; b = b + 1) begin : g_out
      always_ff @(posedge clk_i) if (move) normal_scale_q[b*ScaleBits +: ScaleBits] <= head[b*HeadWidth + ShiftBits +: ScaleBits];
      for (genvar i = b * BlockLanes; i < (b + 1) * BlockLanes; i = i + 1) begin : g_lane
        logic [NormalBits-1:0]    normal, normal_q;
        logic                     sign_q;
        logic [OutputBits-1:0]    element, element_q;
        if (ScaleBits == 8) begin : g_plain
          assign normal = head_magnitude[i*MagnitudeBits +: MagnitudeBits] << head[b*HeadWidth +: ShiftBits];
        end else begin : g_limited
          logic [NormalBits-1:0] word;
          logic                  lost;
          mase_mx_shift #(.Bits(NormalBits), .ShiftBits(ShiftBits)) u_shift (
            .word_i({{Room{1'b0}}, head_magnitude[i*MagnitudeBits +: MagnitudeBits]}),
            .shift_i(head[b*HeadWidth +: ShiftBits]), .word_o(word), .lost_o(lost));
          assign normal = word | {NormalBits{lost}};
        end
        always_ff @(posedge clk_i) if (move) begin
          normal_q  <= normal;
          sign_q    <= head_sign[i];
          element_q <= element;
        end
        mase_element_round #(
          .MagnitudeBits(NormalBits), .Bits(OutputBits), .ExponentBits(ExponentBits), .MaxShift(MaxShift),
          .LargestCode(LargestCode), .TableBits(TableBits), .Decisions(Decisions), .Table(Table),
          .TableZero(TableZero)) u_round (
          .normal_i(normal_q), .sign_i(sign_q), .element_o(element));
        assign y_data_o[i*OutputBits +: OutputBits] = element_q;
      end
    end
  endgenerate
  assign y_scale_o = y_scale_q;
  assign y_valid_o = y_valid_q;
endmodule
