// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows of a table by their ids: a beat a cycle, as stored. (operators.md O5, streams.md S1, S2, S11)
module mase_embedding #(
  parameter int Entries = 64,            // rows of the table
  parameter int Features = 64,           // of a row
  parameter int TileOut = 4,             // elements a beat, S1
  parameter int OutputBits = 8,          // of an element's code
  parameter int OutputScaleBits = 8,     // of a stored scale; 0: there are none
  parameter     File = "",               // of the table's words, S11
  localparam int IdBits = (Entries == 1) ? 1 : $clog2(Entries),
  localparam int Blocks = (TileOut + 31) / 32,
  localparam int DataBits = TileOut * OutputBits,
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
  input  logic                  y_ready_i
);
  localparam int Beats = Features / TileOut;
  localparam int BeatBits = (Beats == 1) ? 1 : $clog2(Beats);
  localparam int LastBeat = Beats - 1;
  localparam int Words = Entries * Beats;
  localparam int AddressBits = (Words == 1) ? 1 : $clog2(Words);
  localparam int WordBits = DataBits + Blocks * OutputScaleBits;

  logic [IdBits-1:0]      id;
  logic                   id_valid, last, move;
  logic [BeatBits-1:0]    beat_q;
  logic [AddressBits-1:0] address_q;
  logic                   address_valid_q, y_valid_q;
  assign last = beat_q == LastBeat[BeatBits-1:0];
  assign move = y_ready_i | ~y_valid_q;
  mase_stream_fifo #(.Width(IdBits)) u_ids (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(x_data_i), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o),
    .y_data_o(id), .y_valid_o(id_valid), .y_ready_i(move & last));
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      beat_q          <= '0;
      address_valid_q <= 1'b0;
      y_valid_q       <= 1'b0;
    end else if (move) begin
      if (id_valid) beat_q <= last ? '0 : beat_q + 1'b1;
      address_valid_q <= id_valid;
      y_valid_q       <= address_valid_q;
    end
    if (move) address_q <= AddressBits'(id) * Beats[AddressBits-1:0] + AddressBits'(beat_q);
  end
  logic [WordBits-1:0] word;                 // from the memory's own register
  mase_table_memory #(.Width(WordBits), .Depth(Words), .File(File)) u_table (
    .clk_i(clk_i), .read_i(move), .address_i(address_q), .data_o(word));
  assign y_data_o  = word[DataBits-1:0];
  assign y_valid_o = y_valid_q;
  generate
    if (OutputScaleBits == 0) begin : g_static
      assign y_scale_o = '0;
    end else begin : g_scale
      assign y_scale_o = word[WordBits-1:DataBits];
    end
  endgenerate
endmodule
