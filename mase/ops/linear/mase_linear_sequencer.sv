// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks through a row: all input beats for each tile of outputs, one a cycle, each with its weight word, and says what
// each beat is to the stages behind. A beat waits in the first stage until its word is there; the stages behind move on
// meanwhile. Delay enabled cycles after it was read a beat is at the partial sums, one more at the shifters, and so on.
// (streams.md S2, S3, S4)
module mase_linear_sequencer #(
  parameter int InputBeats = 2,          // beats a row
  parameter int OutputTiles = 64,        // tiles of outputs a row
  parameter int TermBeats = 1,           // beats a term, a power of two
  parameter int Delay = 3,               // enabled cycles from a beat to its dot product
  parameter bit Aligns = 1'b1,           // 0: dot products are added up as they are, and TermBeats is 1
  localparam int IndexBits = (InputBeats == 1) ? 1 : $clog2(InputBeats),
  localparam int TileBits = (OutputTiles == 1) ? 1 : $clog2(OutputTiles)
) (
  input  logic                   clk_i,
  input  logic                   rst_i,
  input  logic                   enable_i,        // the stages behind the first move
  input  logic                   row_valid_i,
  input  logic                   w_valid_i,
  output logic                   w_ready_o,       // the beat in the first stage takes its word
  output logic                   read_o,          // the first stage moves: it reads a beat if there is a row
  output logic                   row_done_o,      // a beat is read in this cycle and is the row's last
  output logic [IndexBits-1:0]   index_o,
  output logic                   term_enable_o,   // a dot product is ready
  output logic                   term_last_o,     // and completes its term
  output logic                   sum_enable_o,    // an aligned term is ready and whole
  output logic                   sum_last_o,      // and completes its sum
  output logic                   sum_valid_o,     // the sum is ready
  output logic                   beat_last_o      // the beat in the first stage completes its sum
);
  localparam int LastIndex = InputBeats - 1;
  localparam int LastTile = OutputTiles - 1;
  localparam int TermBits = (TermBeats == 1) ? 0 : $clog2(TermBeats);
  // Cycles from a beat to what is added up: its aligned term, or its dot product.
  localparam int SumDelay = !Aligns ? Delay : (TermBeats == 1) ? Delay + 1 : Delay + 2;

  logic [IndexBits-1:0] index_q;
  logic [TileBits-1:0]  tile_q;
  logic                 issue, index_last, tile_last;
  logic [SumDelay:1]    valid_q, term_last_q, sum_last_q;   // of stage 1, 2, ...
  logic                 sum_valid_q, unused;
  assign w_ready_o  = enable_i & valid_q[1];
  assign read_o     = enable_i & (w_valid_i | ~valid_q[1]);
  assign issue      = read_o & row_valid_i;
  assign index_last = index_q == LastIndex[IndexBits-1:0];
  assign tile_last  = tile_q == LastTile[TileBits-1:0];
  assign row_done_o = issue & index_last & tile_last;
  assign index_o    = index_q;
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      index_q <= '0;
      tile_q  <= '0;
    end else if (issue) begin
      index_q <= index_last ? '0 : index_q + 1'b1;
      if (index_last) tile_q <= tile_last ? '0 : tile_q + 1'b1;
    end
  end

  logic term_last;
  generate
    if (TermBeats == 1) begin : g_whole
      assign term_last = 1'b1;
    end else begin : g_partial
      assign term_last = &index_q[TermBits-1:0];
    end
  endgenerate

  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      valid_q     <= '0;
      term_last_q <= '0;
      sum_last_q  <= '0;
      sum_valid_q <= 1'b0;
    end else begin
      if (read_o) begin
        valid_q[1]     <= row_valid_i;
        term_last_q[1] <= row_valid_i & term_last;
        sum_last_q[1]  <= row_valid_i & index_last;
      end
      if (enable_i) begin
        valid_q[SumDelay:2]     <= {valid_q[SumDelay-1:2], valid_q[1] & w_valid_i};
        term_last_q[SumDelay:2] <= {term_last_q[SumDelay-1:2], term_last_q[1] & w_valid_i};
        sum_last_q[SumDelay:2]  <= {sum_last_q[SumDelay-1:2], sum_last_q[1] & w_valid_i};
        sum_valid_q             <= sum_last_q[SumDelay];
      end
    end
  end
  assign unused        = ^valid_q[SumDelay:Delay];
  assign term_enable_o = valid_q[Delay];
  assign term_last_o   = term_last_q[Delay];
  assign sum_enable_o  = term_last_q[SumDelay];
  assign sum_last_o    = sum_last_q[SumDelay];
  assign sum_valid_o   = sum_valid_q;
  assign beat_last_o   = sum_last_q[1];
endmodule
