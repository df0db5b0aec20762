// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counts what the channels beside it do: cycles in which a beat moves, in which the writer finds no room, in which the
// reader finds no beat. It only looks. Each event has a small count of its own, which is added to its total in a LUTRAM
// when its turn comes, once in Events cycles; so a channel costs little, and a request waits for its counter's turn.
// Nodes form a chain: a request passes from register to register, and comes back with its answer. (streams.md S16)
module mase_channel_counters #(
  parameter int Channels = 4,
  parameter int First = 0,               // number of the first of them
  parameter int CounterBits = 32,        // of a total, 8 to 32; it stays at its largest value
  localparam int ChainBits = 50          // {active, a request, {channel of 14 bits, counter of 2}, data}
) (
  input  logic                 clk_i,
  input  logic                 rst_i,        // synchronous, active high
  input  logic                 count_i,      // this cycle counts
  input  logic                 clear_i,      // forgets everything, this cycle too
  input  logic [Channels-1:0]  offered_i,    // the writer has a beat
  input  logic [Channels-1:0]  room_i,       // and may leave it
  input  logic [Channels-1:0]  waiting_i,    // a beat waits for the reader
  input  logic [Channels-1:0]  ready_i,      // which takes it
  input  logic [ChainBits-1:0] chain_i,
  output logic [ChainBits-1:0] chain_o
);
  localparam int Events = 3 * Channels;      // of channel c: 3c moved, 3c + 1 stalled, 3c + 2 starved
  localparam int PendingBits = $clog2(Events + 1);
  localparam int SlotBits = $clog2(Events);
  localparam int LastSlot = Events - 1;
  logic [Events-1:0]             event_d, event_q;
  logic [Events-1:0]             turn_q;     // one bit: whose turn it is
  logic [Events*PendingBits-1:0] pending_q;
  logic [PendingBits-1:0]        now;
  generate
    for (genvar c = 0; c < Channels; c = c + 1) begin : g_channel
      assign event_d[3*c+:3] = {ready_i[c] & ~waiting_i[c], offered_i[c] & ~room_i[c], waiting_i[c] & ready_i[c]};
    end
  endgenerate
  always_ff @(posedge clk_i) event_q <= (rst_i | clear_i | ~count_i) ? '0 : event_d;
  always_ff @(posedge clk_i) begin
    for (int e = 0; e < Events; e = e + 1) begin
      if (rst_i | clear_i) pending_q[e*PendingBits+:PendingBits] <= '0;
      else if (turn_q[e]) pending_q[e*PendingBits+:PendingBits] <= PendingBits'(event_q[e]);
      else if (event_q[e]) pending_q[e*PendingBits+:PendingBits] <= pending_q[e*PendingBits+:PendingBits] + 1'b1;
    end
  end
  always_comb begin
    now = '0;
    for (int e = 0; e < Events; e = e + 1)
      now = now | (pending_q[e*PendingBits+:PendingBits] & {PendingBits{turn_q[e]}});
  end

  // Whose turn it is, as a number, and as channel and counter; totals are nothing until the first round is over.
  logic [SlotBits-1:0] slot_q;
  logic [13:0]         channel_q;
  logic [1:0]          which_q;
  logic                first_q;
  always_ff @(posedge clk_i) begin
    if (rst_i | clear_i) begin
      turn_q    <= {{LastSlot{1'b0}}, 1'b1};
      slot_q    <= '0;
      channel_q <= First[13:0];
      which_q   <= '0;
      first_q   <= 1'b1;
    end else begin
      turn_q  <= {turn_q[LastSlot-1:0], turn_q[LastSlot]};
      which_q <= (which_q == 2'd2) ? 2'd0 : which_q + 2'd1;
      slot_q  <= slot_q + 1'b1;
      if (which_q == 2'd2) channel_q <= channel_q + 14'd1;
      if (turn_q[LastSlot]) begin
        slot_q    <= '0;
        channel_q <= First[13:0];
        first_q   <= 1'b0;
      end
    end
  end

  // Read, add, write: three cycles, in which no counter has another turn.
  logic [CounterBits-1:0] total, total_q, sum_q;
  logic [CounterBits:0]   sum;
  logic [PendingBits-1:0] now_q;
  logic [SlotBits-1:0]    added_q, written_q;
  mase_lutram #(.Width(CounterBits), .AddressBits(SlotBits)) u_totals (
    .clk_i(clk_i), .write_i(1'b1), .write_address_i(written_q), .write_data_i(sum_q), .read_address_i(slot_q),
    .read_data_o(total));
  assign sum = {1'b0, total_q} + (CounterBits+1)'(now_q);
  always_ff @(posedge clk_i) begin
    total_q   <= first_q ? '0 : total;
    now_q     <= now;
    added_q   <= slot_q;
    sum_q     <= sum[CounterBits] ? '1 : sum[CounterBits-1:0];
    written_q <= added_q;
  end

  // A request for a counter of this node waits here for its turn, any other one goes on.
  logic [13:0] offset;                       // of the asked channel from the first one here
  logic        mine, wait_q, answer_q, answer_next_q, active_q, valid_q;
  logic [15:0] index_q;
  logic [31:0] data_q;
  assign offset = chain_i[47:34] - First[13:0];
  assign mine   = offset < Channels[13:0] && chain_i[33:32] != 2'd3;
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      wait_q        <= 1'b0;
      answer_q      <= 1'b0;
      answer_next_q <= 1'b0;
      valid_q       <= 1'b0;
      active_q      <= 1'b0;
    end else begin
      wait_q        <= (chain_i[48] & mine) | (wait_q & ~answer_q);
      answer_q      <= wait_q & ~answer_q & ~answer_next_q & index_q == {channel_q, which_q};
      answer_next_q <= answer_q;
      valid_q       <= (chain_i[48] & ~mine) | answer_next_q;
      active_q      <= chain_i[49];
      for (int c = 0; c < Channels; c = c + 1) if (event_q[3*c]) active_q <= 1'b1;
    end
    if (chain_i[48]) index_q <= chain_i[47:32];
    data_q <= answer_next_q ? 32'(sum_q) : chain_i[31:0];
  end
  assign chain_o = {active_q, valid_q, index_q, data_q};
endmodule
