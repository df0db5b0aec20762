// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exponentials below the greatest score of each head, not yet divided by their sum. Row i of a sequence has, for each
// head, scores of keys 0 to i, Keys a beat; the lanes beyond key i count nothing, and give zeros. A head is kept until
// its greatest score is known, while the next streams in. Without Causal every row has scores of all keys. In a block format along the keys, beats go on to a whole
// block. (operators.md O4, O15, streams.md S2, S9)
module mase_softmax #(
  parameter int Heads = 4,
  parameter int Context = 256,           // positions of a sequence, at most
  parameter int Causal = 1,              // 0: every row has scores of all keys of its sequence
  parameter int Keys = 1,                // scores a beat, exponentials a beat: 1, 2, 4, 8, 16, 32 or a multiple of 32,
                                         // a power of two
  parameter int InputBits = 24,          // of a score
  parameter int Kappa = 47274,           // of O15, 2^15 to 2^16
  parameter int Shift = 11,              // of O15: bits dropped from a product with kappa; negative: to the left
  parameter int OutputBits = 17,         // as of mase_edge_cast
  parameter int OutputExponentBits = 0,
  parameter int OutputMaxShift = 0,
  parameter int OutputScaleBits = 0,     // of a stored scale; 0: there are none
  parameter int OutputExponent = -15,
  parameter int OutputLargestCode = 0,
  parameter int OutputScaleRounds = 0,
  parameter int IndexBits = 6,           // of the powers of two, as of mase_function_table
  parameter int SlopeBits = 10,
  parameter logic [((16+SlopeBits)<<IndexBits)-1:0] Words = '0,
  localparam int Blocks = (Keys + 31) / 32,
  localparam int OutputScaleWidth = (OutputScaleBits == 0) ? 1 : Blocks * OutputScaleBits
) (
  input  logic                        clk_i,
  input  logic                        rst_i,         // synchronous, active high
  input  logic [1:0]                  c_data_i,      // a word a row: bit 0 the first of its sequence, bit 1 the last
  input  logic                        c_valid_i,
  output logic                        c_ready_o,
  input  logic [Keys*InputBits-1:0]   x_data_i,
  input  logic                        x_valid_i,
  output logic                        x_ready_o,
  output logic [Keys*OutputBits-1:0]  y_data_o,
  output logic [OutputScaleWidth-1:0] y_scale_o,
  output logic                        y_valid_o,
  input  logic                        y_ready_i
);
  localparam int KeyBits = $clog2(Keys);
  // Beats of a block less one, which an index is or-ed with.
  localparam int Rest = (OutputScaleBits == 0 || Keys >= 32) ? 0 : 32 / Keys - 1;
  localparam int Least = (Rest == 0) ? 2 * Keys : 32;
  localparam int Positions = (Context < Least) ? Least : Context;
  localparam int PositionBits = $clog2(Positions);
  localparam int IndexWidth = PositionBits - KeyBits;    // of a beat of a head
  localparam int HeadBits = (Heads == 1) ? 1 : $clog2(Heads);
  localparam int LastHead = Heads - 1;

  // ---- Heads stream in: two are kept, with their positions and greatest scores.
  logic                    row_valid, row_done, push, beat_last, head_last;
  logic                    write_bank_q, read_bank_q, head_done;
  logic [1:0]              full_q;
  logic [HeadBits-1:0]     head_q;
  logic [IndexWidth-1:0]   write_q, read_q;
  logic [PositionBits-1:0] position, position0_q, position1_q, read_position;
  logic [Keys-1:0]         present;                      // lanes of the last beat
  mase_attention_rows #(.PositionBits(PositionBits), .Causal(Causal)) u_rows (
    .clk_i(clk_i), .rst_i(rst_i), .c_data_i(c_data_i), .c_valid_i(c_valid_i), .c_ready_o(c_ready_o),
    .row_valid_o(row_valid), .row_position_o(position), .row_done_i(row_done));
  assign x_ready_o = row_valid & ~full_q[write_bank_q];
  assign push      = x_valid_i & x_ready_o;
  assign beat_last = write_q == position[PositionBits-1:KeyBits];
  assign head_last = head_q == LastHead[HeadBits-1:0];
  assign row_done  = push & beat_last & head_last;
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      write_bank_q <= 1'b0;
      read_bank_q  <= 1'b0;
      full_q       <= 2'b00;
      head_q       <= '0;
      write_q      <= '0;
    end else begin
      if (head_done) begin
        full_q[read_bank_q] <= 1'b0;
        read_bank_q         <= ~read_bank_q;
      end
      if (push) begin
        write_q <= beat_last ? '0 : write_q + 1'b1;
        if (beat_last) begin
          full_q[write_bank_q] <= 1'b1;
          write_bank_q         <= ~write_bank_q;
          head_q               <= head_last ? '0 : head_q + 1'b1;
        end
      end
    end
    if (push & ~write_bank_q) position0_q <= position;
    if (push & write_bank_q) position1_q <= position;
  end

  // The greatest score of a beat, by a tree; then of the head. It is there when the head's first score has been read.
  logic [Keys*InputBits-1:0] candidates;
  logic [InputBits-1:0]      greatest;
  logic [InputBits-1:0]      beat_q, head_max_d, head_max_q, max0_q, max1_q, max;
  logic                      beat_valid_q, beat_first_q, beat_last_q, beat_bank_q;
  generate
    for (genvar i = 0; i < Keys; i = i + 1) begin : g_lane_in
      if (i == 0) begin : g_first
        assign present[i] = 1'b1;
      end else begin : g_next
        assign present[i] = position[KeyBits-1:0] >= KeyBits'(i);
      end
      // Instead of a lane beyond the keys the first one once more.
      assign candidates[i*InputBits +: InputBits] =
          (beat_last & ~present[i]) ? x_data_i[InputBits-1:0] : x_data_i[i*InputBits +: InputBits];
    end
    for (genvar l = 0; l < KeyBits; l = l + 1) begin : g_level
      localparam int Count = Keys >> (l + 1);
      logic [2*Count*InputBits-1:0] x;
      logic [Count*InputBits-1:0]   y;
      if (l == 0) begin : g_scores
        assign x = candidates;
      end else begin : g_greater
        assign x = g_level[l-1].y;
      end
      for (genvar n = 0; n < Count; n = n + 1) begin : g_node
        logic signed [InputBits-1:0] left, right;
        assign left  = x[2*n*InputBits +: InputBits];
        assign right = x[(2*n+1)*InputBits +: InputBits];
        assign y[n*InputBits +: InputBits] = (left > right) ? left : right;
      end
    end
    if (KeyBits == 0) begin : g_single
      assign greatest = candidates;
    end else begin : g_tree
      assign greatest = g_level[KeyBits-1].y;
    end
  endgenerate
  assign head_max_d = (beat_first_q || $signed(beat_q) > $signed(head_max_q)) ? beat_q : head_max_q;
  always_ff @(posedge clk_i) begin
    if (rst_i) beat_valid_q <= 1'b0;
    else beat_valid_q <= push;
    if (push) begin
      beat_q       <= greatest;
      beat_first_q <= write_q == '0;
      beat_last_q  <= beat_last;
      beat_bank_q  <= write_bank_q;
    end
    if (beat_valid_q) head_max_q <= head_max_d;
    if (beat_valid_q & beat_last_q & ~beat_bank_q) max0_q <= head_max_d;
    if (beat_valid_q & beat_last_q & beat_bank_q) max1_q <= head_max_d;
  end
  assign max = (beat_valid_q & beat_last_q & (beat_bank_q == read_bank_q)) ? head_max_d : read_bank_q ? max1_q : max0_q;

  // ---- And once more out of the memory.
  logic                      enable, issue;
  logic [IndexWidth-1:0]     read_last;                  // of the keys' beats
  logic [Keys*InputBits-1:0] scores [0:(2<<IndexWidth)-1];
  logic [Keys*InputBits-1:0] score_q;
  logic [InputBits-1:0]      max_q;
  logic [Keys-1:0]           lane, lane1_q, lane2_q, lane3_q;
  logic [8:1]                valid_q;
  assign read_position = read_bank_q ? position1_q : position0_q;
  assign read_last     = read_position[PositionBits-1:KeyBits];
  assign issue         = enable & full_q[read_bank_q];
  assign head_done     = issue & (read_q == (read_last | IndexWidth'(Rest)));
  generate
    for (genvar i = 0; i < Keys; i = i + 1) begin : g_lane_out
      if (i == 0) begin : g_first
        assign lane[i] = read_q <= read_last;
      end else begin : g_next
        assign lane[i] = (read_q < read_last) | ((read_q == read_last) & (read_position[KeyBits-1:0] >= KeyBits'(i)));
      end
    end
  endgenerate
  always_ff @(posedge clk_i) begin
    if (push) scores[{write_bank_q, write_q}] <= x_data_i;
    if (enable) score_q <= scores[{read_bank_q, read_q}];
    if (enable) begin
      max_q   <= max;
      lane1_q <= lane;
      lane2_q <= lane1_q;
      lane3_q <= lane2_q;
    end
    if (rst_i) begin
      valid_q <= '0;
      read_q  <= '0;
    end else begin
      if (enable) valid_q <= {valid_q[7:1], issue};
      if (issue) read_q <= head_done ? '0 : read_q + 1'b1;
    end
  end

  // ---- Stage 2: m - s. Stage 3: times kappa. Stage 4: octaves and the rest. Stages 5 to 7: the table. Stage 8: p.
  localparam int ProductBits = InputBits + 17;
  localparam int TauBits = (ProductBits + 1 - Shift < 22) ? 22 : ProductBits + 1 - Shift;
  logic [Keys*17-1:0] p_q;
  generate
    for (genvar i = 0; i < Keys; i = i + 1) begin : g_exponential
      logic [InputBits-1:0]   below_q;                   // not negative
      logic [ProductBits-1:0] product_q;
      logic [TauBits-1:0]     tau;
      logic [4:0]             octaves, octaves4_q, octaves5_q, octaves6_q, octaves7_q;
      logic [15:0]            argument_q, power;
      logic [16:0]            shifted;                   // a half below
      if (Shift > 0) begin : g_right
        localparam logic [ProductBits:0] Half = (ProductBits+1)'(1) << (Shift - 1);
        logic [ProductBits:0] rounded;
        logic                 unused;
        assign rounded = {1'b0, product_q} + Half;
        assign tau     = TauBits'(rounded >> Shift);
        assign unused  = ^rounded[Shift-1:0];
      end else begin : g_left
        assign tau = TauBits'(product_q) << (-Shift);
      end
      // Half a unit is not reached 17 octaves away.
      assign octaves = (~lane3_q[i] || tau[TauBits-1:16] > (TauBits-16)'(17)) ? 5'd31 : tau[20:16];
      mase_function_table #(
        .IndexBits(IndexBits), .StepBits(16 - IndexBits), .ValueBits(16), .SlopeBits(SlopeBits), .Words(Words)) u_power (
        .clk_i(clk_i), .enable_i(enable), .argument_i({1'b0, argument_q}), .value_o(power));
      assign shifted = {power, 1'b0} >> octaves7_q;
      always_ff @(posedge clk_i) if (enable) begin
        below_q    <= max_q - score_q[i*InputBits +: InputBits];
        product_q  <= ProductBits'(below_q) * ProductBits'(Kappa);
        octaves4_q <= octaves;
        argument_q <= tau[15:0];
        octaves5_q <= octaves4_q;
        octaves6_q <= octaves5_q;
        octaves7_q <= octaves6_q;
        p_q[i*17 +: 17] <= {1'b0, shifted[16:1]} + {16'b0, shifted[0]};
      end
    end
  endgenerate
  mase_edge_cast #(
    .Lanes(Keys), .SumBits(17), .Bits(OutputBits), .ExponentBits(OutputExponentBits), .MaxShift(OutputMaxShift),
    .ScaleBits(OutputScaleBits), .Exponent(OutputExponent), .LargestCode(OutputLargestCode),
    .ScaleRounds(OutputScaleRounds)) u_cast (
    .clk_i(clk_i), .rst_i(rst_i), .sum_data_i(p_q), .sum_exponent_i({Blocks{12'hFF1}}),   // E = -15
    .sum_valid_i(valid_q[8]), .sum_ready_o(enable), .y_data_o(y_data_o), .y_scale_o(y_scale_o),
    .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
endmodule
