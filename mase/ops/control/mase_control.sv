// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The entrance of a model: an AXI4-Stream of tokens, sequence after sequence, to the streams that its operators are
// driven by. Beyond the context a sequence's tokens are swallowed. Latency 2, a token a cycle. (streams.md S2, S7, S14)
module mase_control #(
  parameter int TokenBits = 16,          // of s_axis_tdata
  parameter int Vocabulary = 1024,       // ids are below it; at most 2^TokenBits
  parameter int Context = 512,           // tokens of the longest sequence
  parameter int Depth = 4,               // beats that wait in each stream, as of mase_row_fifo
  localparam int IdBits = (Vocabulary == 1) ? 1 : $clog2(Vocabulary),
  localparam int PositionBits = (Context == 1) ? 1 : $clog2(Context)
) (
  input  logic                    clk_i,
  input  logic                    rst_i,             // synchronous, active high
  input  logic [TokenBits-1:0]    s_axis_tdata,      // an id
  input  logic                    s_axis_tuser,      // the model's output for this token is wanted
  input  logic                    s_axis_tlast,      // the sequence ends with it
  input  logic                    s_axis_tvalid,
  output logic                    s_axis_tready,
  output logic [IdBits-1:0]       id_data_o,
  output logic                    id_valid_o,
  input  logic                    id_ready_i,
  output logic [PositionBits-1:0] position_data_o,   // for learned positions
  output logic                    position_valid_o,
  input  logic                    position_ready_i,
  output logic [1:0]              c_data_o,          // {last, first}, S7
  output logic                    c_valid_o,
  input  logic                    c_ready_i,
  output logic                    keep_data_o,       // of mase_row_filter
  output logic                    keep_valid_o,
  input  logic                    keep_ready_i,
  output logic                    error_o            // a token was swallowed, or no id; until reset
);
  localparam int LastPosition = Context - 1;
  logic [3:0]              ready;
  logic [PositionBits-1:0] position_q;
  logic                    first_q, full_q, error_q, take, push, end_of_context, wrong;
  logic [IdBits-1:0]       id;
  assign s_axis_tready  = &ready;                    // registers alone
  assign take           = s_axis_tvalid & s_axis_tready;
  assign push           = take & ~full_q;
  assign end_of_context = position_q == LastPosition[PositionBits-1:0];
  assign id             = wrong ? '0 : s_axis_tdata[IdBits-1:0];
  assign error_o        = error_q;
  generate
    if ($clog2(Vocabulary + 1) > TokenBits) begin : g_all_ids
      assign wrong = 1'b0;
    end else begin : g_some_ids
      localparam int Largest = Vocabulary - 1;
      assign wrong = s_axis_tdata > Largest[TokenBits-1:0];
    end
  endgenerate
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      position_q <= '0;
      first_q    <= 1'b1;
      full_q     <= 1'b0;
      error_q    <= 1'b0;
    end else if (take) begin
      first_q <= s_axis_tlast;
      full_q  <= ~s_axis_tlast & (full_q | end_of_context);
      if (s_axis_tlast) position_q <= '0;
      else if (!end_of_context) position_q <= position_q + 1'b1;
      if (full_q | wrong) error_q <= 1'b1;
    end
  end
  mase_row_fifo #(.Width(IdBits), .Depth(Depth)) u_id (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(id), .x_valid_i(push), .x_ready_o(ready[0]),
    .y_data_o(id_data_o), .y_valid_o(id_valid_o), .y_ready_i(id_ready_i));
  mase_row_fifo #(.Width(PositionBits), .Depth(Depth)) u_position (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(position_q), .x_valid_i(push), .x_ready_o(ready[1]),
    .y_data_o(position_data_o), .y_valid_o(position_valid_o), .y_ready_i(position_ready_i));
  // The last token that fits ends its sequence, whatever follows.
  mase_row_fifo #(.Width(2), .Depth(Depth)) u_c (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i({s_axis_tlast | end_of_context, first_q}), .x_valid_i(push),
    .x_ready_o(ready[2]), .y_data_o(c_data_o), .y_valid_o(c_valid_o), .y_ready_i(c_ready_i));
  mase_row_fifo #(.Width(1), .Depth(Depth)) u_keep (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(s_axis_tuser), .x_valid_i(push), .x_ready_o(ready[3]),
    .y_data_o(keep_data_o), .y_valid_o(keep_valid_o), .y_ready_i(keep_ready_i));
endmodule
