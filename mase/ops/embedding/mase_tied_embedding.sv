// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows of a table that is a linear's weights too, stored once: the linear takes its words from here, as
// mase_weight_memory would give them; the row of an id is a lane of Beats words in a row, a beat a cycle. y leaves a
// cycle later than that of mase_embedding. (operators.md O5, streams.md S1 to S3, S11)
module mase_tied_embedding #(
  parameter int Entries = 64,            // rows of the table: outputs of the linear
  parameter int Features = 64,           // of a row: inputs of the linear
  parameter int TileIn = 4,              // the linear's tile, S1; TileIn elements are a beat of y
  parameter int TileOut = 2,
  parameter int OutputBits = 8,          // of an element's code
  parameter int OutputScaleBits = 8,     // of a stored scale; 0: there are none
  parameter int WordBits = 80,           // of the linear's words: codes, above them scales, above them what is not read
  parameter     File = "",               // of these words, S3
  localparam int IdBits = (Entries == 1) ? 1 : $clog2(Entries),
  localparam int Blocks = (TileIn + 31) / 32,
  localparam int DataBits = TileIn * OutputBits,
  localparam int ScaleWidth = (OutputScaleBits == 0) ? 1 : Blocks * OutputScaleBits
) (
  input  logic                  clk_i,
  input  logic                  rst_i,      // synchronous, active high
  input  logic [IdBits-1:0]     x_data_i,   // below Entries
  input  logic                  x_valid_i,
  output logic                  x_ready_o,
  output logic [DataBits-1:0]   y_data_o,
  output logic [ScaleWidth-1:0] y_scale_o,
  output logic                  y_valid_o,
  input  logic                  y_ready_i,
  output logic [WordBits-1:0]   w_data_o,   // the linear's words in order, again and again
  output logic                  w_valid_o,
  input  logic                  w_ready_i
);
  localparam int Beats = Features / TileIn;
  localparam int BeatBits = (Beats == 1) ? 1 : $clog2(Beats);
  localparam int LastBeat = Beats - 1;
  localparam int Words = Entries / TileOut * Beats;
  localparam int LastWord = Words - 1;
  localparam int AddressBits = (Words == 1) ? 1 : $clog2(Words);
  localparam int LaneBits = (TileOut == 1) ? 1 : $clog2(TileOut);
  // id / TileOut = id * Inverse / 2^Shift, rounded down, for every id.
  localparam int Shift = IdBits + $clog2(TileOut);
  localparam int Inverse = ((1 << Shift) + TileOut - 1) / TileOut;
  localparam int ProductBits = 2 * IdBits + 1;

  logic [IdBits-1:0]      id, tile;
  logic [ProductBits-1:0] product;
  logic [LaneBits-1:0]    lane_q, word_lane_q;
  logic                   id_valid, last, move;
  logic [BeatBits-1:0]    beat_q;
  logic [AddressBits-1:0] address_q, w_address_q;
  logic                   address_valid_q, word_valid_q, y_valid_q, w_read, w_valid_q;
  logic [WordBits-1:0]    word;
  assign last    = beat_q == LastBeat[BeatBits-1:0];
  assign move    = y_ready_i | ~y_valid_q;
  assign product = ProductBits'(id) * ProductBits'(Inverse);
  assign tile    = IdBits'(product >> Shift);
  mase_stream_fifo #(.Width(IdBits)) u_ids (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(x_data_i), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o),
    .y_data_o(id), .y_valid_o(id_valid), .y_ready_i(move & last));
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      beat_q          <= '0;
      address_valid_q <= 1'b0;
      word_valid_q    <= 1'b0;
      y_valid_q       <= 1'b0;
    end else if (move) begin
      if (id_valid) beat_q <= last ? '0 : beat_q + 1'b1;
      address_valid_q <= id_valid;
      word_valid_q    <= address_valid_q;
      y_valid_q       <= word_valid_q;
    end
    if (move) begin
      address_q   <= AddressBits'(tile) * Beats[AddressBits-1:0] + AddressBits'(beat_q);
      lane_q      <= LaneBits'(id - tile * TileOut[IdBits-1:0]);
      word_lane_q <= lane_q;
    end
  end
  // The linear's side.
  assign w_read = w_ready_i | ~w_valid_q;
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      w_address_q <= '0;
      w_valid_q   <= 1'b0;
    end else begin
      if (w_read) w_address_q <= (w_address_q == LastWord[AddressBits-1:0]) ? '0 : w_address_q + 1'b1;
      w_valid_q <= 1'b1;
    end
  end
  mase_tied_memory #(.Width(WordBits), .Depth(Words), .File(File)) u_table (
    .clk_i(clk_i), .a_read_i(w_read), .a_address_i(w_address_q), .a_data_o(w_data_o),
    .b_read_i(move), .b_address_i(address_q), .b_data_o(word));
  assign w_valid_o = w_valid_q;

  logic [DataBits-1:0] data, y_data_q;
  logic                unused_word;
  assign unused_word = ^word;
  mase_lane_select #(.Lanes(TileOut), .Width(DataBits)) u_data (
    .word_i(word[TileOut*DataBits-1:0]), .lane_i(word_lane_q), .data_o(data));
  always_ff @(posedge clk_i) if (move) y_data_q <= data;
  assign y_data_o  = y_data_q;
  assign y_valid_o = y_valid_q;
  generate
    if (OutputScaleBits == 0) begin : g_static
      assign y_scale_o = '0;
    end else begin : g_scale
      logic [ScaleWidth-1:0] scale, y_scale_q;
      mase_lane_select #(.Lanes(TileOut), .Width(ScaleWidth)) u_scale (
        .word_i(word[TileOut*DataBits +: TileOut*ScaleWidth]), .lane_i(word_lane_q), .data_o(scale));
      always_ff @(posedge clk_i) if (move) y_scale_q <= scale;
      assign y_scale_o = y_scale_q;
    end
  endgenerate
endmodule
