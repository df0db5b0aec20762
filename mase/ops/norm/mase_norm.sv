// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RMSNorm, or with Centered LayerNorm: keeps a row, passes over it for its mean (if Centered), for its squares and for
// its output, while the next streams in. Gains and offsets come as a stream, as weights do.
// (operators.md O9 to O12, S1 to S3, S5)
module mase_norm #(
  parameter int Features = 64,           // a multiple of 32
  parameter int TileIn = 4,              // elements a beat on all ports, S1; divides Features
  parameter int Centered = 0,
  parameter int InputBits = 8,           // as of mase_edge_decode
  parameter int InputExponentBits = 0,
  parameter int InputMaxShift = 0,
  parameter int InputScaleBits = 8,      // of a stored scale; 0: there are none
  parameter int InputExponent = -133,
  parameter int OutputBits = 8,          // as of mase_edge_cast
  parameter int OutputExponentBits = 0,
  parameter int OutputMaxShift = 0,
  parameter int OutputScaleBits = 8,     // of a stored scale; 0: there are none
  parameter int OutputExponent = 0,
  parameter int OutputLargestCode = 127,
  parameter int OutputScaleRounds = 0,
  parameter int OffsetBits = 0,          // of an offset, sign included; 0: there are none
  parameter int Rho = 65536,             // O9
  parameter int Kappa = 0,               // O10
  parameter int KappaExponent = 0,       // z
  parameter int LeastExponent = -1024,   // Emin
  parameter int IndexBits = 9,           // of the table of O11, as of mase_function_table
  parameter int SlopeBits = 9,
  parameter logic [((17+SlopeBits)<<IndexBits)-1:0] Words = '0,
  localparam int Blocks = (TileIn + 31) / 32,
  localparam int InputScaleWidth = (InputScaleBits == 0) ? 1 : Blocks * InputScaleBits,
  localparam int OutputScaleWidth = (OutputScaleBits == 0) ? 1 : Blocks * OutputScaleBits,
  localparam int WordBits = TileIn * (16 + OffsetBits)
) (
  input  logic                         clk_i,
  input  logic                         rst_i,        // synchronous, active high
  input  logic [TileIn*InputBits-1:0]  x_data_i,
  input  logic [InputScaleWidth-1:0]          x_scale_i,
  input  logic                         x_valid_i,
  output logic                         x_ready_o,
  input  logic [WordBits-1:0]          w_data_i,     // the gains of a beat, its offsets above; all beats for each row
  input  logic                         w_valid_i,
  output logic                         w_ready_o,
  input  logic [11:0]                  y_exponent_i, // E of O12: a constant of the gains, signed
  output logic [TileIn*OutputBits-1:0] y_data_o,
  output logic [OutputScaleWidth-1:0]          y_scale_o,
  output logic                         y_valid_o,
  input  logic                         y_ready_i
);
  localparam int Beats = Features / TileIn;
  localparam int BeatBits = (Beats == 1) ? 1 : $clog2(Beats);
  localparam int FeatureBits = $clog2(Features);
  localparam int Magnitude = ((InputScaleBits == 0) ? InputBits : (InputExponentBits == 0) ? InputBits - 1
                                                             : InputBits - InputExponentBits) + InputMaxShift;   // N
  localparam int Whole = Magnitude + 1;
  localparam int Aligned = Whole + 10;                   // of a
  localparam int Deviation = Whole + 11;                 // of d
  localparam int Least = (InputScaleBits == 0) ? 12 : 6;
  localparam int Dropped = (Magnitude > Least) ? Magnitude - Least : 0;                                         // D
  localparam int SumBits = 2 + ((OffsetBits > 25) ? OffsetBits - 1 : 24);

  // ---- The row, and how far its blocks lie below E.
  logic                        row_valid, row_done, enable, move, issue, issue_last;
  logic [BeatBits-1:0]         index_q;
  logic [TileIn*InputBits-1:0] row_data;
  logic [InputScaleWidth-1:0]  row_scale;
  logic [7:0]                  row_largest;
  logic [TileIn*Whole-1:0]     whole, whole_q;
  logic [Blocks*12-1:0]        exponent, shift_q;
  logic [11:0]                 largest, row_exponent;
  mase_linear_row_buffer #(
    .Beats(Beats), .DataBits(TileIn * InputBits), .Scales(Blocks),
    .ScaleBits(InputScaleBits)) u_row (
    .clk_i(clk_i), .rst_i(rst_i),
    .x_data_i(x_data_i), .x_scale_i(x_scale_i), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o),
    .row_valid_o(row_valid), .row_done_i(row_done), .row_index_i(index_q),
    .row_data_o(row_data), .row_scale_o(row_scale), .row_largest_o(row_largest));
  mase_edge_decode #(
    .Lanes(TileIn), .Bits(InputBits), .ExponentBits(InputExponentBits), .MaxShift(InputMaxShift),
    .ScaleBits(InputScaleBits), .Exponent(InputExponent)) u_decode (
    .data_i(row_data), .scale_i(row_scale), .whole_o(whole), .exponent_o(exponent));
  generate
    if (InputScaleBits == 0) begin : g_static
      logic unused;
      assign unused  = ^row_largest;
      assign largest = InputExponent[11:0];
    end else begin : g_blocks
      assign largest = 12'(row_largest) + InputExponent[11:0];
    end
  endgenerate
  assign row_exponent = ($signed(largest) < $signed(LeastExponent[11:0])) ? LeastExponent[11:0] : largest;

  // ---- Passes. Each issues the beats of a row; the next waits for what it computes.
  localparam logic [2:0] Idle = 3'd0, Mean = 3'd1, MeanWait = 3'd2, Square = 3'd3, RootWait = 3'd4, Output = 3'd5;
  localparam int LastBeat = Beats - 1;
  logic [2:0] pass_q;
  logic       mean_done, root_done;
  assign issue      = move & (pass_q == Mean || pass_q == Square || pass_q == Output);
  assign issue_last = issue & (index_q == LastBeat[BeatBits-1:0]);
  assign row_done   = issue_last & (pass_q == Output);
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      pass_q  <= Idle;
      index_q <= '0;
    end else begin
      if (issue) index_q <= issue_last ? '0 : index_q + 1'b1;
      case (pass_q)
        Idle:     if (row_valid) pass_q <= (Centered != 0) ? Mean : Square;
        Mean:     if (issue_last) pass_q <= MeanWait;
        MeanWait: if (mean_done) pass_q <= Square;
        Square:   if (issue_last) pass_q <= RootWait;
        RootWait: if (root_done) pass_q <= Output;
        default:  if (issue_last) pass_q <= Idle;
      endcase
    end
  end

  // What the beat in each stage is for. Stages up to 6 move together; an output beat waits there for its gains.
  logic [3:1] mean_q, mean_last_q;
  logic [6:1] square_q, square_last_q;
  logic [8:1] output_q;
  assign w_ready_o = enable & output_q[6];
  assign move      = enable & (w_valid_i | ~output_q[6]);
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      mean_q        <= '0;
      mean_last_q   <= '0;
      square_q      <= '0;
      square_last_q <= '0;
      output_q      <= '0;
    end else begin
      if (move) begin
        mean_q        <= {mean_q[2:1], issue & (pass_q == Mean)};
        mean_last_q   <= {mean_last_q[2:1], issue_last & (pass_q == Mean)};
        square_q      <= {square_q[5:1], issue & (pass_q == Square)};
        square_last_q <= {square_last_q[5:1], issue_last & (pass_q == Square)};
        output_q[6:1] <= {output_q[5:1], issue & (pass_q == Output)};
      end
      if (enable) output_q[8:7] <= {output_q[7], output_q[6] & w_valid_i};
    end
  end

  // ---- Stages 1 and 2: a.
  logic [TileIn*Aligned-1:0] a_q;
  always_ff @(posedge clk_i) if (move) begin
    whole_q <= whole;
    for (int b = 0; b < Blocks; b = b + 1) shift_q[b*12 +: 12] <= row_exponent - exponent[b*12 +: 12];
  end
  generate
    for (genvar i = 0; i < TileIn; i = i + 1) begin : g_align
      logic [Aligned-1:0] aligned;
      logic               half;
      mase_mx_align #(.TermBits(Whole), .GuardBits(10), .ShiftBits(12)) u_align (
        .term_i(whole_q[i*Whole +: Whole]), .shift_i(shift_q[i/32*12 +: 12]), .aligned_o(aligned), .half_o(half));
      always_ff @(posedge clk_i) if (move) a_q[i*Aligned +: Aligned] <= aligned + {{(Aligned-1){1'b0}}, half};
    end
  endgenerate

  // ---- The mean of the row.
  logic [Deviation-1:0] mean;
  generate
    if (Centered != 0) begin : g_mean
      mase_norm_mean #(.Lanes(TileIn), .Bits(Aligned), .FeatureBits(FeatureBits), .Rho(Rho)) u_mean (
        .clk_i(clk_i), .rst_i(rst_i), .clear_i(pass_q == Idle), .move_i(move), .a_i(a_q), .valid_i(mean_q[3:2]),
        .last_i(mean_last_q[3]), .mean_o(mean), .done_o(mean_done));
    end else begin : g_none
      logic unused;
      assign unused    = (^mean_q) ^ (^mean_last_q);
      assign mean      = '0;
      assign mean_done = 1'b0;
    end
  endgenerate
  logic [TileIn*Deviation-1:0] d_q;
  always_ff @(posedge clk_i) if (move)
    for (int i = 0; i < TileIn; i = i + 1)
      d_q[i*Deviation +: Deviation] <= {a_q[i*Aligned + Aligned - 1], a_q[i*Aligned +: Aligned]} - mean;

  // ---- The reciprocal root of the sum of squares.
  logic [16:0] factor;
  logic [5:0]  log;                                      // l
  mase_norm_root #(
    .Lanes(TileIn), .Bits(Deviation), .Dropped(Dropped), .FeatureBits(FeatureBits),
    .Wide((InputScaleBits == 0) ? 1 : 0), .Kappa(Kappa),
    .KappaExponent(KappaExponent), .IndexBits(IndexBits), .SlopeBits(SlopeBits), .Words(Words)) u_root (
    .clk_i(clk_i), .rst_i(rst_i), .clear_i(pass_q == Idle || pass_q == MeanWait), .move_i(move), .d_i(d_q),
    .valid_i(square_q[6]), .last_i(square_last_q[6]), .exponent_i(row_exponent),
    .factor_o(factor), .log_o(log), .done_o(root_done));
  logic unused_tags;
  assign unused_tags = (^square_q[5:1]) ^ (^square_last_q[5:1]) ^ mean_q[1];

  // ---- Stages 4 to 8 of the output.
  localparam int ProductBits = Deviation + 17;           // of d R
  localparam int ShiftBits = 7;
  logic [TileIn*SumBits-1:0] sum_q;
  logic [ShiftBits-1:0]      nu_shift_q;
  always_ff @(posedge clk_i) nu_shift_q <= {1'b0, log} + ShiftBits'(Dropped);   // six bits more: below nu lie six
  generate
    for (genvar i = 0; i < TileIn; i = i + 1) begin : g_lane
      logic signed [Deviation-1:0]   d;
      logic signed [17:0]            r;
      logic signed [ProductBits:0]   product;
      logic        [ProductBits-1:0] product_q;
      logic [ProductBits+5:0]        shifted;
      logic [24:0]                   shifted_q;
      logic                          half, half_q, unused;
      logic signed [24:0]            nu_q;
      logic signed [15:0]            gain;
      logic signed [40:0]            scaled, scaled_q;
      logic signed [SumBits-1:0]     rounded, offset_q;
      assign d       = d_q[i*Deviation +: Deviation];
      assign r       = {1'b0, factor};
      assign product = d * r;
      assign unused  = product[ProductBits] ^ (^shifted[ProductBits+5:25]);
      mase_mx_align #(.TermBits(ProductBits), .GuardBits(6), .ShiftBits(ShiftBits)) u_shift (
        .term_i(product_q), .shift_i(nu_shift_q), .aligned_o(shifted), .half_o(half));
      assign gain    = w_data_i[i*16 +: 16];
      assign scaled  = nu_q * gain;
      assign rounded = SumBits'((scaled_q + 41'sd8192) >>> 14);
      always_ff @(posedge clk_i) begin
        if (move) begin
          product_q <= product[ProductBits-1:0];
          shifted_q <= shifted[24:0];
          half_q    <= half;
          nu_q      <= shifted_q + {24'b0, half_q};
        end
        if (enable) begin
          scaled_q <= scaled;
          sum_q[i*SumBits +: SumBits] <= rounded + offset_q;
        end
      end
      if (OffsetBits == 0) begin : g_no_offset
        assign offset_q = '0;
      end else begin : g_offset
        logic signed [OffsetBits-1:0] offset;
        assign offset = w_data_i[TileIn*16 + i*OffsetBits +: OffsetBits];
        always_ff @(posedge clk_i) if (enable) offset_q <= {{(SumBits-OffsetBits){offset[OffsetBits-1]}}, offset};
      end
    end
  endgenerate
  mase_edge_cast #(
    .Lanes(TileIn), .SumBits(SumBits), .Bits(OutputBits), .ExponentBits(OutputExponentBits), .MaxShift(OutputMaxShift),
    .ScaleBits(OutputScaleBits), .Exponent(OutputExponent), .LargestCode(OutputLargestCode),
    .ScaleRounds(OutputScaleRounds)) u_cast (
    .clk_i(clk_i), .rst_i(rst_i), .sum_data_i(sum_q), .sum_exponent_i({Blocks{y_exponent_i}}),
    .sum_valid_i(output_q[8]), .sum_ready_o(enable), .y_data_o(y_data_o), .y_scale_o(y_scale_o),
    .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
endmodule
