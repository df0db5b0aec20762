// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The words of one linear out of an external memory: asks for bursts as long as they have room, again and again from
// the first to the last, and makes words of their beats. Nothing is asked for that could not be stored, so beats
// never wait and no linear holds up another. A word a cycle, but for one where both parts need a beat at once.
// (streams.md S2, S3, S15)
module mase_external_words #(
  parameter int Width = 136,             // bits of a word
  parameter int Words = 128,             // of a row
  parameter int LowBits = 128,           // of a word that have beats of their own, S15; Width or 0: all have the same
  parameter int DataBits = 128,          // of a beat
  parameter int Burst = 16,              // beats; a power of two, at most 256 beats and 4 KiB
  parameter int Depth = 64,              // beats that are stored, at least a burst
  parameter int First = 0,               // burst of the image with which the words start
  parameter int BurstBits = 20           // of a number of a burst
) (
  input  logic                 clk_i,
  input  logic                 rst_i,    // synchronous, active high
  output logic                 want_o,   // there is room for a burst
  output logic [BurstBits-1:0] burst_o,  // which
  output logic [7:0]           length_o, // its beats less one
  input  logic                 grant_i,  // it has been asked for
  input  logic [DataBits-1:0]  r_data_i,
  input  logic                 r_valid_i,
  output logic [Width-1:0]     w_data_o,
  output logic                 w_valid_o,
  input  logic                 w_ready_i
);
  localparam int TailBits = Width - LowBits;
  localparam int Tails = (TailBits == 0) ? 1 : DataBits / TailBits;
  localparam int Lows = (LowBits == 0 || LowBits >= DataBits) ? 1 : DataBits / LowBits;
  localparam int LowBeats = (LowBits >= DataBits) ? LowBits / DataBits : 1;
  localparam int Beats = ((TailBits == 0) ? 0 : (Words + Tails - 1) / Tails)
                       + ((LowBits == 0) ? 0 : (Words + Lows - 1) / Lows * LowBeats);
  localparam int Bursts = (Beats + Burst - 1) / Burst;
  localparam int Last = First + Bursts - 1;
  localparam int LastLength = Beats - (Bursts - 1) * Burst - 1;
  localparam int FullLength = Burst - 1;
  localparam int CountBits = $clog2(Depth + 1);
  localparam int Room = Depth - Burst;

  // What is to be asked for next.
  logic [BurstBits-1:0] burst_q;
  logic [CountBits-1:0] used_q, used_d;  // beats asked for that have not left
  logic                 want_q, last_burst, pop;
  assign last_burst = burst_q == Last[BurstBits-1:0];
  assign length_o   = last_burst ? LastLength[7:0] : FullLength[7:0];
  assign burst_o    = burst_q;
  assign want_o     = want_q;
  assign used_d     = used_q + (grant_i ? CountBits'({1'b0, length_o} + 9'd1) : '0) - CountBits'(pop);
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      burst_q <= First[BurstBits-1:0];
      used_q  <= '0;
      want_q  <= 1'b0;
    end else begin
      if (grant_i) burst_q <= last_burst ? First[BurstBits-1:0] : burst_q + 1'b1;
      used_q <= used_d;
      want_q <= used_d <= Room[CountBits-1:0];
    end
  end

  logic [DataBits-1:0] beat;
  logic                beat_valid, unused_ready;
  mase_row_fifo #(.Width(DataBits), .Depth(Depth)) u_beats (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(r_data_i), .x_valid_i(r_valid_i), .x_ready_o(unused_ready),
    .y_data_o(beat), .y_valid_o(beat_valid), .y_ready_i(pop));

  // Words: of each the high part's beat comes before that of the low part.
  localparam int WordBits = (Words == 1) ? 1 : $clog2(Words);
  localparam int LastWord = Words - 1;
  logic [WordBits-1:0] word_q;
  logic                take, last, tail_free, tail_valid, low_free, low_valid;
  assign take      = w_valid_o & w_ready_i;
  assign last      = word_q == LastWord[WordBits-1:0];
  assign pop       = beat_valid & (tail_free | low_free);
  assign w_valid_o = tail_valid & low_valid;
  always_ff @(posedge clk_i) begin
    if (rst_i) word_q <= '0;
    else if (take) word_q <= last ? '0 : word_q + 1'b1;
  end
  generate
    if (TailBits == 0) begin : g_no_tail
      assign tail_free  = 1'b0;
      assign tail_valid = 1'b1;
    end else begin : g_tail
      mase_external_part #(.DataBits(DataBits), .PartBits(TailBits)) u_tail (
        .clk_i(clk_i), .rst_i(rst_i), .free_o(tail_free), .load_i(beat_valid & tail_free), .beat_i(beat),
        .part_o(w_data_o[Width-1:LowBits]), .valid_o(tail_valid), .take_i(take), .last_i(last));
    end
    if (LowBits == 0) begin : g_no_low
      assign low_free  = 1'b0;
      assign low_valid = 1'b1;
    end else begin : g_low
      mase_external_part #(.DataBits(DataBits), .PartBits(LowBits)) u_low (
        .clk_i(clk_i), .rst_i(rst_i), .free_o(low_free), .load_i(beat_valid & ~tail_free & low_free), .beat_i(beat),
        .part_o(w_data_o[LowBits-1:0]), .valid_o(low_valid), .take_i(take), .last_i(last));
    end
  endgenerate
endmodule
