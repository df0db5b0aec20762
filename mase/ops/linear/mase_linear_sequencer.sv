// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks through a row: all input beats for each tile of outputs, one a cycle, and says what each beat is to the stages
// behind: Delay enabled cycles later to the partial sums, one more to the shifters, and so on. (arithmetic.md S3, S4)
module mase_linear_sequencer #(
  parameter int InputBeats = 2,          // beats a row
  parameter int OutputTiles = 64,        // tiles of outputs a row
  parameter int TermBeats = 1,           // beats a term, a power of two
  parameter int Delay = 3,               // enabled cycles from a beat to its dot product
  localparam int IndexBits = (InputBeats == 1) ? 1 : $clog2(InputBeats),
  localparam int Beats = InputBeats * OutputTiles,
  localparam int AddressBits = (Beats == 1) ? 1 : $clog2(Beats)
) (
  input  logic                   clk_i,
  input  logic                   rst_i,
  input  logic                   enable_i,        // the stages behind move
  input  logic                   row_valid_i,
  output logic                   issue_o,         // a beat is read in this cycle
  output logic                   row_done_o,      // and is the row's last
  output logic [IndexBits-1:0]   index_o,
  output logic [AddressBits-1:0] address_o,
  output logic                   term_enable_o,   // a dot product is ready
  output logic                   term_last_o,     // and completes its term
  output logic                   sum_enable_o,    // an aligned term is ready and whole
  output logic                   sum_last_o,      // and completes its sum
  output logic                   sum_valid_o      // the sum is ready
);
  localparam int LastIndex = InputBeats - 1;
  localparam int LastAddress = Beats - 1;
  localparam int TermBits = (TermBeats == 1) ? 0 : $clog2(TermBeats);
  localparam int SumDelay = (TermBeats == 1) ? Delay + 1 : Delay + 2;   // cycles from a beat to its aligned term

  logic [IndexBits-1:0]   index_q;
  logic [AddressBits-1:0] address_q;
  logic                   index_last;
  assign issue_o    = enable_i & row_valid_i;
  assign index_last = index_q == LastIndex[IndexBits-1:0];
  assign row_done_o = issue_o & (address_q == LastAddress[AddressBits-1:0]);
  assign index_o    = index_q;
  assign address_o  = address_q;
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      index_q   <= '0;
      address_q <= '0;
    end else if (issue_o) begin
      index_q   <= index_last ? '0 : index_q + 1'b1;
      address_q <= row_done_o ? '0 : address_q + 1'b1;
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

  logic [SumDelay:1] valid_q, term_last_q, sum_last_q;
  logic              sum_valid_q, unused;
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      valid_q     <= '0;
      term_last_q <= '0;
      sum_last_q  <= '0;
      sum_valid_q <= 1'b0;
    end else if (enable_i) begin
      valid_q     <= {valid_q[SumDelay-1:1], row_valid_i};
      term_last_q <= {term_last_q[SumDelay-1:1], row_valid_i & term_last};
      sum_last_q  <= {sum_last_q[SumDelay-1:1], row_valid_i & index_last};
      sum_valid_q <= sum_last_q[SumDelay];
    end
  end
  assign unused        = ^valid_q[SumDelay:Delay+1];
  assign term_enable_o = valid_q[Delay];
  assign term_last_o   = term_last_q[Delay];
  assign sum_enable_o  = term_last_q[SumDelay];
  assign sum_last_o    = sum_last_q[SumDelay];
  assign sum_valid_o  = sum_valid_q;
endmodule
