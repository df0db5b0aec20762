// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counts through a row of attention: for each head, for each group of keys up to the row's own, for each word of
// the head; which words of the caches that is, and where groups, heads and the row end. (streams.md S8, S10)
module mase_attention_walk #(
  parameter int Heads = 4,
  parameter int KeyHeads = 4,            // divides Heads: Heads/KeyHeads of them in turn share keys
  parameter int HeadWords = 4,           // of a head, in the cache
  parameter int GroupBits = 8,           // of the number of a group of Keys keys
  parameter int AddressBits = 12,        // of the cache: see there
  localparam int WordBits = (HeadWords == 1) ? 1 : $clog2(HeadWords),
  localparam int RowBits = (Heads * HeadWords == 1) ? 1 : $clog2(Heads * HeadWords)
) (
  input  logic                   clk_i,
  input  logic                   rst_i,         // synchronous, active high
  input  logic                   step_i,        // on to the next word
  input  logic [GroupBits-1:0]   last_group_i,  // of the row
  output logic [WordBits-1:0]    word_o,        // in its head
  output logic [RowBits-1:0]     row_word_o,    // in the row of all heads
  output logic [RowBits-1:0]     key_word_o,    // in the row of all key heads
  output logic [AddressBits-1:0] address_o,     // in the cache
  output logic                   word_last_o,
  output logic                   group_first_o, // of its head
  output logic                   group_last_o,
  output logic                   head_last_o
);
  localparam int HeadBits = (Heads == 1) ? 1 : $clog2(Heads);
  localparam int Share = Heads / KeyHeads;
  localparam int ShareBits = (Share == 1) ? 1 : $clog2(Share);
  localparam int LastWord = HeadWords - 1;
  localparam int LastHead = Heads - 1;
  localparam int LastShare = Share - 1;
  logic [WordBits-1:0]    word_q;
  logic [GroupBits-1:0]   group_q;
  logic [AddressBits-1:0] group_base_q;          // of the group's rows
  logic [HeadBits-1:0]    head_q;
  logic [ShareBits-1:0]   share_q;               // of the heads that share keys
  logic [RowBits-1:0]     head_base_q, key_base_q;
  logic                   share_last;
  assign word_o        = word_q;
  assign row_word_o    = head_base_q + RowBits'(word_q);
  assign key_word_o    = key_base_q + RowBits'(word_q);
  assign address_o     = group_base_q + AddressBits'(key_word_o);
  assign word_last_o   = word_q == LastWord[WordBits-1:0];
  assign group_first_o = group_q == '0;
  assign group_last_o  = group_q == last_group_i;
  assign head_last_o   = head_q == LastHead[HeadBits-1:0];
  assign share_last    = share_q == LastShare[ShareBits-1:0];
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      word_q       <= '0;
      group_q      <= '0;
      group_base_q <= '0;
      head_q       <= '0;
      share_q      <= '0;
      head_base_q  <= '0;
      key_base_q   <= '0;
    end else if (step_i) begin
      word_q <= word_last_o ? '0 : word_q + 1'b1;
      if (word_last_o) begin
        group_q      <= group_last_o ? '0 : group_q + 1'b1;
        group_base_q <= group_last_o ? '0 : group_base_q + AddressBits'(KeyHeads * HeadWords);
        if (group_last_o) begin
          head_q      <= head_last_o ? '0 : head_q + 1'b1;
          head_base_q <= head_last_o ? '0 : head_base_q + RowBits'(HeadWords);
          share_q     <= share_last ? '0 : share_q + 1'b1;
          if (share_last) key_base_q <= head_last_o ? '0 : key_base_q + RowBits'(HeadWords);
        end
      end
    end
  end
endmodule
