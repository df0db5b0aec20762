// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The next token: the index of the greatest of a row of sums, of equals the lowest. A tree finds the greatest of a beat,
// a level a cycle; then it meets the greatest so far. Rate 1. (operators.md O18, streams.md S2, S12)
module mase_argmax #(
  parameter int OutFeatures = 64,        // sums a row
  parameter int TileOut = 2,             // sums a beat, divides them
  parameter int SumBits = 24,            // of a sum, sign included
  localparam int IdBits = (OutFeatures == 1) ? 1 : $clog2(OutFeatures)
) (
  input  logic                       clk_i,
  input  logic                       rst_i,      // synchronous, active high
  input  logic [TileOut*SumBits-1:0] x_data_i,
  input  logic                       x_valid_i,
  output logic                       x_ready_o,
  output logic [IdBits-1:0]          y_data_o,
  output logic                       y_valid_o,
  input  logic                       y_ready_i
);
  localparam int Levels = $clog2(TileOut);
  localparam int LaneBits = (Levels == 0) ? 1 : Levels;
  localparam int Beats = OutFeatures / TileOut;
  localparam int BeatBits = (Beats == 1) ? 1 : $clog2(Beats);
  localparam int LastBeat = Beats - 1;
  localparam int Step = TileOut;
  localparam int RoomBits = $clog2(Levels + 4);          // of rows on their way, or that wait
  localparam int Room = 1 << RoomBits;

  // ---- Rows come in as long as their results will find room.
  logic                take, last, take_last, pop, full_q;
  logic [BeatBits-1:0] beat_q;
  logic [RoomBits:0]   inside_q, inside_d;
  assign x_ready_o = ~full_q;
  assign take      = x_valid_i & ~full_q;
  assign last      = beat_q == LastBeat[BeatBits-1:0];
  assign take_last = take & last;
  assign inside_d  = inside_q + (RoomBits+1)'(take_last) - (RoomBits+1)'(pop);
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      beat_q   <= '0;
      inside_q <= '0;
      full_q   <= 1'b0;
    end else begin
      if (take) beat_q <= last ? '0 : beat_q + 1'b1;
      inside_q <= inside_d;
      full_q   <= inside_d == Room[RoomBits:0];
    end
  end

  // ---- The greatest of each pair, and its lane.
  generate
    for (genvar l = 0; l <= Levels; l = l + 1) begin : g_level
      localparam int Count = (TileOut + (1 << l) - 1) >> l;
      logic [Count*SumBits-1:0]  sum;
      logic [Count*LaneBits-1:0] lane;
      logic                      valid, row_last;
      if (l == 0) begin : g_in
        assign sum      = x_data_i;
        assign valid    = take;
        assign row_last = last;
        for (genvar i = 0; i < Count; i = i + 1) begin : g_lane
          localparam int Lane = i;
          assign lane[i*LaneBits +: LaneBits] = Lane[LaneBits-1:0];
        end
      end else begin : g_pairs
        localparam int Before = (TileOut + (1 << (l - 1)) - 1) >> (l - 1);
        logic [Count*SumBits-1:0]  sum_q;
        logic [Count*LaneBits-1:0] lane_q;
        logic                      valid_q, row_last_q;
        always_ff @(posedge clk_i) begin
          valid_q    <= g_level[l-1].valid & ~rst_i;
          row_last_q <= g_level[l-1].row_last;
        end
        for (genvar i = 0; i < Count; i = i + 1) begin : g_node
          if (2 * i + 1 < Before) begin : g_two
            logic signed [SumBits-1:0] low, high;
            assign low  = g_level[l-1].sum[2*i*SumBits +: SumBits];
            assign high = g_level[l-1].sum[(2*i+1)*SumBits +: SumBits];
            always_ff @(posedge clk_i) begin
              sum_q[i*SumBits +: SumBits]    <= (high > low) ? high : low;
              lane_q[i*LaneBits +: LaneBits] <= (high > low) ? g_level[l-1].lane[(2*i+1)*LaneBits +: LaneBits]
                                                             : g_level[l-1].lane[2*i*LaneBits +: LaneBits];
            end
          end else begin : g_one
            always_ff @(posedge clk_i) begin
              sum_q[i*SumBits +: SumBits]    <= g_level[l-1].sum[2*i*SumBits +: SumBits];
              lane_q[i*LaneBits +: LaneBits] <= g_level[l-1].lane[2*i*LaneBits +: LaneBits];
            end
          end
        end
        assign sum      = sum_q;
        assign lane     = lane_q;
        assign valid    = valid_q;
        assign row_last = row_last_q;
      end
    end
  endgenerate

  // ---- The greatest so far.
  logic signed [SumBits-1:0] beat_sum, best_sum_q;
  logic [IdBits-1:0]         base_q, best_q;
  logic                      valid, row_last, first_q, done_q;
  assign beat_sum = g_level[Levels].sum;
  assign valid    = g_level[Levels].valid;
  assign row_last = g_level[Levels].row_last;
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      base_q  <= '0;
      first_q <= 1'b1;
      done_q  <= 1'b0;
    end else begin
      done_q <= valid & row_last;
      if (valid) begin
        base_q  <= row_last ? '0 : base_q + Step[IdBits-1:0];
        first_q <= row_last;
      end
    end
    if (valid & (first_q | (beat_sum > best_sum_q))) begin
      best_sum_q <= beat_sum;
      best_q     <= base_q + IdBits'(g_level[Levels].lane);
    end
  end

  // ---- Results wait for the output's register.
  logic [RoomBits-1:0] write_q, read_q;
  logic [RoomBits:0]   stored_q;
  logic [IdBits-1:0]   head, y_data_q;
  logic                move, y_valid_q;
  assign move = y_ready_i | ~y_valid_q;
  assign pop  = move & (stored_q != '0);
  mase_lutram #(.Width(IdBits), .AddressBits(RoomBits)) u_wait (
    .clk_i(clk_i), .write_i(done_q), .write_address_i(write_q), .write_data_i(best_q),
    .read_address_i(read_q), .read_data_o(head));
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      write_q   <= '0;
      read_q    <= '0;
      stored_q  <= '0;
      y_valid_q <= 1'b0;
    end else begin
      if (done_q) write_q <= write_q + 1'b1;
      if (pop) read_q <= read_q + 1'b1;
      stored_q <= stored_q + (RoomBits+1)'(done_q) - (RoomBits+1)'(pop);
      if (move) y_valid_q <= pop;
    end
    if (pop) y_data_q <= head;
  end
  assign y_data_o  = y_data_q;
  assign y_valid_o = y_valid_q;
endmodule
