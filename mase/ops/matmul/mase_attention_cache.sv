// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rows of a sequence so far, of keys or of values: each is written as it streams in, and offered when it is whole,
// in order, together with all rows before it. Up to four rows run ahead; a sequence's first waits until the rows before
// are done, for it takes their place. Without Causal all rows of a sequence are offered when its last one is whole,
// each with the last one's position. Reads give one word of each of Keys rows, a cycle later. (streams.md S2, S8)
module mase_attention_cache #(
  parameter int Width = 32,              // bits of a beat, its scales included: a word
  parameter int Beats = 16,              // words a row
  parameter int Context = 256,           // rows of a sequence, at most
  parameter int Keys = 1,                // rows a read: a power of two
  parameter int Causal = 1,              // 0: every row sees all of its sequence
  parameter int UltraRam = 0,            // 1: synthesis is to take UltraRAM for the rows
  localparam int KeyBits = $clog2(Keys),
  localparam int Rows = (Context < 2 * Keys) ? 2 * Keys : Context,
  localparam int PositionBits = $clog2(Rows),
  localparam int Depth = (Rows + Keys - 1) / Keys * Beats,
  localparam int AddressBits = (Depth == 1) ? 1 : $clog2(Depth)
) (
  input  logic                    clk_i,
  input  logic                    rst_i,         // synchronous, active high
  input  logic [1:0]              c_data_i,      // a word a row: bit 0 the first of its sequence, bit 1 the last
  input  logic                    c_valid_i,
  output logic                    c_ready_o,
  input  logic [Width-1:0]        x_data_i,
  input  logic                    x_valid_i,
  output logic                    x_ready_o,
  output logic                    row_valid_o,   // this position and all before it can be read
  output logic [PositionBits-1:0] row_position_o,
  input  logic                    row_done_i,    // its last read is in this cycle
  input  logic                    read_i,
  input  logic [AddressBits-1:0]  read_address_i,  // of rows n * Keys and on: n * Beats + the word
  output logic [Keys*Width-1:0]   read_data_o
);
  localparam int BeatBits = (Beats == 1) ? 1 : $clog2(Beats);
  localparam int LastBeat = Beats - 1;

  // ---- A row opens when it may be written.
  logic                    c_valid, first, sequence_last, room, may_open, open_q, push, last;
  logic [PositionBits-1:0] position_q;           // of the open row, or of the last one
  logic [BeatBits-1:0]     beat_q;
  logic [AddressBits-1:0]  base_q;               // of the open row's Keys
  mase_stream_fifo #(.Width(2)) u_control (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(c_data_i), .x_valid_i(c_valid_i), .x_ready_o(c_ready_o),
    .y_data_o({sequence_last, first}), .y_valid_o(c_valid), .y_ready_i(may_open));
  assign may_open  = c_valid & ~open_q & room;
  assign x_ready_o = open_q;
  assign push      = x_valid_i & open_q;
  assign last      = push & (beat_q == LastBeat[BeatBits-1:0]);
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      open_q <= 1'b0;
      beat_q <= '0;
    end else begin
      if (may_open) open_q <= 1'b1;
      else if (last) open_q <= 1'b0;
      if (push) beat_q <= last ? '0 : beat_q + 1'b1;
    end
    if (may_open) position_q <= first ? '0 : position_q + 1'b1;
  end
  generate
    if (Causal != 0) begin : g_causal
      logic [2:0] stored_q;                      // rows that are whole and not done
      logic       ready, unused;
      assign unused = sequence_last ^ ready;
      assign room   = first ? stored_q == 3'd0 : ~stored_q[2];
      always_ff @(posedge clk_i) begin
        if (rst_i) stored_q <= 3'd0;
        else stored_q <= stored_q + {2'b00, last} - {2'b00, row_done_i};
      end
      mase_stream_fifo #(.Width(PositionBits)) u_rows (
        .clk_i(clk_i), .rst_i(rst_i), .x_data_i(position_q), .x_valid_i(last), .x_ready_o(ready),
        .y_data_o(row_position_o), .y_valid_o(row_valid_o), .y_ready_i(row_done_i));
    end else begin : g_full
      logic                    last_row_q, whole_q;
      logic [PositionBits-1:0] left_q;           // rows that are not done, less one
      assign room           = ~whole_q;
      assign row_valid_o    = whole_q;
      assign row_position_o = position_q;
      always_ff @(posedge clk_i) begin
        if (may_open) last_row_q <= sequence_last;
        if (rst_i) whole_q <= 1'b0;
        else if (last & last_row_q) whole_q <= 1'b1;
        else if (row_done_i & (left_q == '0)) whole_q <= 1'b0;
        if (last) left_q <= position_q;
        else if (row_done_i) left_q <= left_q - 1'b1;
      end
    end
  endgenerate

  // ---- Banks: row n * Keys + b is in bank b.
  logic [Keys-1:0]        bank;
  logic [AddressBits-1:0] write_address;
  assign write_address = base_q + AddressBits'(beat_q);
  generate
    if (KeyBits == 0) begin : g_one
      assign bank = 1'b1;
      always_ff @(posedge clk_i) if (may_open) base_q <= first ? '0 : base_q + AddressBits'(Beats);
    end else begin : g_banks
      assign bank = Keys'(1) << position_q[KeyBits-1:0];
      always_ff @(posedge clk_i)
        if (may_open) base_q <= first ? '0 : (&position_q[KeyBits-1:0]) ? base_q + AddressBits'(Beats) : base_q;
    end
    for (genvar b = 0; b < Keys; b = b + 1) begin : g_bank
      logic [Width-1:0] word_q;
      if (UltraRam != 0) begin : g_ultra         // a word is never read in the cycle that writes it
`ifdef SYNTHESIS
        (* ram_style = "ultra", no_rw_check *)
`endif
        logic [Width-1:0] words [0:Depth-1];
        always_ff @(posedge clk_i) begin
          if (push & bank[b]) words[write_address] <= x_data_i;
          if (read_i) word_q <= words[read_address_i];
        end
      end else begin : g_block
        logic [Width-1:0] words [0:Depth-1];
        always_ff @(posedge clk_i) begin
          if (push & bank[b]) words[write_address] <= x_data_i;
          if (read_i) word_q <= words[read_address_i];
        end
      end
      assign read_data_o[b*Width +: Width] = word_q;
    end
  endgenerate
endmodule
