// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Passes whole rows on, or drops them. Latency 2, rate 1. (streams.md S2, S13)
module mase_row_filter #(
  parameter int Width = 8,               // bits of a beat, scales and all
  parameter int Beats = 2,               // a row
  parameter int KeepBits = 1,            // of a word of keep
  parameter int KeepBit = 0              // the one that counts: 0 drops the row
) (
  input  logic             clk_i,
  input  logic             rst_i,        // synchronous, active high
  input  logic [Width-1:0] x_data_i,
  input  logic             x_valid_i,
  output logic             x_ready_o,
  input  logic [KeepBits-1:0] keep_data_i, // a word a row
  input  logic             keep_valid_i,
  output logic             keep_ready_o,
  output logic [Width-1:0] y_data_o,
  output logic             y_valid_o,
  input  logic             y_ready_i
);
  localparam int BeatBits = (Beats == 1) ? 1 : $clog2(Beats);
  localparam int Last = Beats - 1;
  logic [Width-1:0]    beat, y_data_q;
  logic [BeatBits-1:0] beat_q;
  logic                beat_valid, keep, keep_valid, last, move, take, y_valid_q;
  assign last = beat_q == Last[BeatBits-1:0];
  assign move = y_ready_i | ~y_valid_q;
  assign take = beat_valid & keep_valid & (move | ~keep);
  mase_stream_fifo #(.Width(Width)) u_beats (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(x_data_i), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o),
    .y_data_o(beat), .y_valid_o(beat_valid), .y_ready_i(take));
  generate
    if (KeepBits > 1) begin : g_unused
      logic unused;
      assign unused = ^keep_data_i;
    end
  endgenerate
  mase_stream_fifo #(.Width(1)) u_keep (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(keep_data_i[KeepBit]), .x_valid_i(keep_valid_i), .x_ready_o(keep_ready_o),
    .y_data_o(keep), .y_valid_o(keep_valid), .y_ready_i(take & last));
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      beat_q    <= '0;
      y_valid_q <= 1'b0;
    end else begin
      if (take) beat_q <= last ? '0 : beat_q + 1'b1;
      if (move) y_valid_q <= take & keep;
    end
    if (take & keep) y_data_q <= beat;
  end
  assign y_data_o  = y_data_q;
  assign y_valid_o = y_valid_q;
endmodule
