// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One output of the tile: dot products of a beat with its weights, term by term aligned and added up. Latency from the
// beat to the sum: 4 enabled cycles, 5 if TileIn < 32. Rate 1. (arithmetic.md A4, A6, A7, A8, A15)
module mase_linear_lane #(
  parameter int TileIn = 32,             // elements a beat: 1, 2, 4, 8, 16, 32 or a multiple of 32
  parameter int InputBits = 4,           // of an input's integer, decoded
  parameter int InputMaxShift = 0,       // of its shift, decoded
  parameter int WeightBits = 4,          // of a weight's code
  parameter int WeightExponentBits = 0,
  parameter int WeightMaxShift = 0,
  parameter bit WeightFixed = 1'b1,      // decode weights to integers alone
  parameter int WindowBits = 6,          // |product| < 2^WindowBits, A18
  parameter int GuardBits = 10,
  parameter int SumBits = 24,
  localparam int Blocks = (TileIn + 31) / 32,
  localparam int InputElement = InputBits + ((InputMaxShift == 0) ? 0 : $clog2(InputMaxShift + 1))
) (
  input  logic                           clk_i,
  input  logic                           rst_i,         // synchronous, active high
  input  logic                           enable_i,
  input  logic [TileIn*InputElement-1:0] x_data_i,      // decoded
  input  logic [Blocks*9-1:0]            x_below_i,     // largest scale of the weights + of the row - the block's
  input  logic [TileIn*WeightBits-1:0]   w_data_i,
  input  logic [Blocks*8-1:0]            w_scale_i,
  input  logic                           term_enable_i, // with the dot product: it is of a beat (TileIn < 32)
  input  logic                           term_last_i,   // and completes a term
  input  logic                           sum_enable_i,  // with the aligned terms: they are whole
  input  logic                           sum_last_i,    // and complete a sum
  output logic [SumBits-1:0]             sum_o
);
  /* verilator no_inline_module */         // all lanes share one piece of simulation code
  localparam int Lanes = TileIn / Blocks;
  localparam int WholeBits = (WeightExponentBits == 0) ? WeightBits : WeightBits - WeightExponentBits + 1;
  localparam int IntegerBits = WholeBits + (WeightFixed ? WeightMaxShift : 0);   // of a decoded weight
  localparam int ShiftMax = WeightFixed ? 0 : WeightMaxShift;
  localparam int WeightElement = IntegerBits + ((ShiftMax == 0) ? 0 : $clog2(ShiftMax + 1));
  localparam int TermBits = WindowBits + 6;             // A4
  localparam int DotBits = WindowBits + 1 + $clog2(Lanes);
  localparam int AlignedBits = TermBits + GuardBits;
  localparam int ShiftDelay = (TileIn < 32) ? 3 : 2;    // enabled cycles from a beat to its term

  logic [TileIn*WeightElement-1:0] w_element;
  logic [Blocks*AlignedBits-1:0]   aligned_q;
  logic [Blocks-1:0]               half_q;
  generate
    for (genvar i = 0; i < TileIn; i = i + 1) begin : g_weight
      mase_element_decode #(
        .Bits(WeightBits), .ExponentBits(WeightExponentBits), .MaxShift(WeightMaxShift), .Fixed(WeightFixed)) u_decode (
        .code_i(w_data_i[i*WeightBits +: WeightBits]), .element_o(w_element[i*WeightElement +: WeightElement]));
    end
    for (genvar b = 0; b < Blocks; b = b + 1) begin : g_block
      logic [DotBits-1:0]     dot;
      logic [TermBits-1:0]    term;
      logic [8:0]             shift;
      logic [AlignedBits-1:0] aligned;
      logic                   half;
      mase_mx_dot #(
        .Lanes(Lanes), .ABits(InputBits), .AMaxShift(InputMaxShift), .BBits(IntegerBits), .BMaxShift(ShiftMax),
        .WindowBits(WindowBits)) u_dot (
        .clk_i(clk_i), .enable_i(enable_i), .a_i(x_data_i[b*Lanes*InputElement +: Lanes*InputElement]),
        .b_i(w_element[b*Lanes*WeightElement +: Lanes*WeightElement]), .sum_o(dot));

      for (genvar s = 0; s < ShiftDelay; s = s + 1) begin : g_shift
        logic [8:0] shift_q;
        if (s == 0) begin : g_subtract
          always_ff @(posedge clk_i) if (enable_i) shift_q <= x_below_i[b*9 +: 9] - {1'b0, w_scale_i[b*8 +: 8]};
        end else begin : g_delay
          always_ff @(posedge clk_i) if (enable_i) shift_q <= g_shift[s-1].shift_q;
        end
      end
      assign shift = g_shift[ShiftDelay-1].shift_q;

      if (TileIn < 32) begin : g_partial
        logic [TermBits-1:0] running_q, term_q, total;
        assign total = running_q + {{(TermBits-DotBits){dot[DotBits-1]}}, dot};
        always_ff @(posedge clk_i) begin
          if (rst_i | (enable_i & term_enable_i & term_last_i)) running_q <= '0;
          else if (enable_i & term_enable_i) running_q <= total;
          if (enable_i) term_q <= total;
        end
        assign term = term_q;
      end else begin : g_whole
        logic unused;
        assign unused = term_enable_i | term_last_i;
        assign term = dot;
      end

      mase_mx_align #(.TermBits(TermBits), .GuardBits(GuardBits), .ShiftBits(9)) u_align (
        .term_i(term), .shift_i(shift), .aligned_o(aligned), .half_o(half));
      always_ff @(posedge clk_i) if (enable_i) begin
        aligned_q[b*AlignedBits +: AlignedBits] <= aligned;
        half_q[b]                               <= half;
      end
    end
  endgenerate
  mase_mx_accumulate #(.Terms(Blocks), .AlignedBits(AlignedBits), .SumBits(SumBits)) u_accumulate (
    .clk_i(clk_i), .rst_i(rst_i), .enable_i(enable_i & sum_enable_i), .last_i(sum_last_i), .aligned_i(aligned_q),
    .half_i(half_q), .sum_o(sum_o));
endmodule
