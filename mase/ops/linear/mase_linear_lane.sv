// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Outputs of the tile that share multipliers, one where none are shared: dot products of a beat with their weights, term
// by term aligned and added up. Latency from the beat to the sums: 4 enabled cycles, 5 if TileIn is part of a term, 3
// without alignment. Rate 1. (arithmetic.md A4, A6, A7, A8, A15, A21, A24)
module mase_linear_lane #(
  parameter int TileIn = 32,             // elements a beat: 1, 2, 4, 8, 16, 32 or a multiple of 32
  parameter int Outputs = 1,
  parameter int Dsp = 0,                 // 1: products in DSP slices, those of all outputs with one input in one
  parameter int InputBits = 4,           // of an input's integer, decoded
  parameter int InputMaxShift = 0,       // of its shift, decoded
  parameter int WeightBits = 4,          // of a weight's code
  parameter int WeightExponentBits = 0,
  parameter int WeightMaxShift = 0,
  parameter bit WeightFixed = 1'b1,      // decode weights to integers alone
  parameter int WeightSymmetric = 1,
  parameter int WeightTableBits = 0,
  parameter logic [(1<<WeightBits)*(WeightTableBits+1)-1:0] WeightTable = '0,
  parameter int TermFeatures = 32,       // 32, or 16 if weights share scales by 16
  parameter int WeightScaleBits = 8,     // 0: there are none
  parameter int WeightScaleExponentBits = 0,
  parameter int WindowBits = 6,          // |product| < 2^WindowBits, A18
  parameter int GuardBits = 10,
  parameter bit Aligns = 1'b1,           // 0: no block has a scale, so dot products are added up as they are, A24
  parameter int SumBits = 24,
  localparam int Blocks = (TileIn + TermFeatures - 1) / TermFeatures,
  localparam int InputBlocks = (TileIn + 31) / 32,
  localparam int ScaleWidth = (WeightScaleBits == 0) ? 1 : Blocks * WeightScaleBits,
  localparam int InputElement = InputBits + ((InputMaxShift == 0) ? 0 : $clog2(InputMaxShift + 1))
) (
  input  logic                           clk_i,
  input  logic                           rst_i,         // synchronous, active high
  input  logic                           enable_i,
  input  logic [TileIn*InputElement-1:0] x_data_i,      // decoded
  input  logic [InputBlocks*9-1:0]       x_below_i,     // largest scale of the weights + of the row - the block's
  input  logic [Outputs*TileIn*WeightBits-1:0] w_data_i,
  input  logic [Outputs*ScaleWidth-1:0]  w_scale_i,
  input  logic                           term_enable_i, // with the dot product: it is of a beat, of a part of a term
  input  logic                           term_last_i,   // and completes a term
  input  logic                           sum_enable_i,  // with the aligned terms: they are whole
  input  logic                           sum_last_i,    // and complete a sum
  output logic [Outputs*SumBits-1:0]     sum_o
);
  /* verilator no_inline_module */         // all lanes share one piece of simulation code
  localparam int Lanes = TileIn / Blocks;
  localparam int WholeBits = (WeightTableBits > 0) ? WeightTableBits + 1
                           : (WeightExponentBits == 0) ? WeightBits : WeightBits - WeightExponentBits + 1;
  localparam int IntegerBits = WholeBits + (WeightFixed ? WeightMaxShift : 0);   // of a decoded weight
  localparam int ShiftMax = WeightFixed ? 0 : WeightMaxShift;
  localparam int WeightElement = IntegerBits + ((ShiftMax == 0) ? 0 : $clog2(ShiftMax + 1));
  localparam int PlainBits = WindowBits + 1 + $clog2(TermFeatures);              // A4
  localparam int ScaleSignificand = (WeightScaleExponentBits == 0) ? 0 : WeightScaleBits - WeightScaleExponentBits;
  localparam int TermBits = PlainBits + ScaleSignificand;
  localparam int DotBits = WindowBits + 1 + $clog2(Lanes);
  localparam int AlignedBits = Aligns ? TermBits + GuardBits : DotBits;
  localparam int ShiftDelay = (TileIn < TermFeatures) ? 3 : 2;   // enabled cycles from a beat to its term

  logic [Outputs*TileIn*WeightElement-1:0] w_element;
  logic [Outputs*Blocks*DotBits-1:0]       dots;         // block by block
  generate
    for (genvar i = 0; i < Outputs * TileIn; i = i + 1) begin : g_weight
      mase_element_decode #(
        .Bits(WeightBits), .ExponentBits(WeightExponentBits), .MaxShift(WeightMaxShift), .Fixed(WeightFixed),
        .TableBits(WeightTableBits), .Table(WeightTable)) u_decode (
        .code_i(w_data_i[i*WeightBits +: WeightBits]), .element_o(w_element[i*WeightElement +: WeightElement]));
    end
    for (genvar b = 0; b < Blocks; b = b + 1) begin : g_dot
      logic [Outputs*Lanes*WeightElement-1:0] w_block;
      for (genvar o = 0; o < Outputs; o = o + 1) begin : g_output
        assign w_block[o*Lanes*WeightElement +: Lanes*WeightElement] =
          w_element[(o*TileIn + b*Lanes)*WeightElement +: Lanes*WeightElement];
      end
      mase_mx_dot #(
        .Lanes(Lanes), .Outputs(Outputs), .Dsp(Dsp), .ABits(InputBits), .AMaxShift(InputMaxShift), .BBits(IntegerBits),
        .BMaxShift(ShiftMax), .BSymmetric(WeightSymmetric), .WindowBits(WindowBits)) u_dot (
        .clk_i(clk_i), .enable_i(enable_i), .a_i(x_data_i[b*Lanes*InputElement +: Lanes*InputElement]),
        .b_i(w_block), .sum_o(dots[b*Outputs*DotBits +: Outputs*DotBits]));
    end
    for (genvar o = 0; o < Outputs; o = o + 1) begin : g_output
      logic [Blocks*AlignedBits-1:0] aligned_q;
      logic [Blocks-1:0]             half_q;
      for (genvar b = 0; b < Blocks; b = b + 1) begin : g_block
        logic [DotBits-1:0] dot;
        assign dot = dots[(b*Outputs+o)*DotBits +: DotBits];
        if (!Aligns) begin : g_sum
          assign aligned_q[b*AlignedBits +: AlignedBits] = dot;
          assign half_q[b]                               = 1'b0;
        end else begin : g_term
          logic [PlainBits-1:0]   plain;
          logic [TermBits-1:0]    term;
          logic [8:0]             shift, below;
          logic [AlignedBits-1:0] aligned;
          logic                   half;
          assign below = x_below_i[b*TermFeatures/32*9 +: 9];
          for (genvar s = 0; s < ShiftDelay; s = s + 1) begin : g_shift
            logic [8:0] shift_q;
            if (s == 0) begin : g_subtract
              always_ff @(posedge clk_i) if (enable_i) shift_q <= below - {1'b0, g_scale.exponent};
            end else begin : g_delay
              always_ff @(posedge clk_i) if (enable_i) shift_q <= g_shift[s-1].shift_q;
            end
          end
          assign shift = g_shift[ShiftDelay-1].shift_q;

          if (TileIn < TermFeatures) begin : g_partial
            logic [PlainBits-1:0] running_q, term_q, total;
            assign total = running_q + {{(PlainBits-DotBits){dot[DotBits-1]}}, dot};
            always_ff @(posedge clk_i) begin
              if (rst_i | (enable_i & term_enable_i & term_last_i)) running_q <= '0;
              else if (enable_i & term_enable_i) running_q <= total;
              if (enable_i) term_q <= total;
            end
            assign plain = term_q;
          end else begin : g_whole
            logic unused;
            assign unused = term_enable_i | term_last_i;
            assign plain = dot;
          end

          if (WeightScaleBits == 0) begin : g_scale           // one for the tensor, A21
            logic [7:0] exponent;
            logic       unused;
            assign exponent = '0;
            assign unused   = ^w_scale_i[o*ScaleWidth +: ScaleWidth];
            assign term     = plain;
          end else begin : g_scale
            localparam int Significand = (ScaleSignificand == 0) ? 1 : ScaleSignificand;
            logic [7:0]             exponent;
            logic [Significand-1:0] significand;
            mase_scale_decode #(.Bits(WeightScaleBits), .ExponentBits(WeightScaleExponentBits)) u_decode (
              .code_i(w_scale_i[o*ScaleWidth + b*WeightScaleBits +: WeightScaleBits]),
              .exponent_o(exponent), .significand_o(significand));
            if (ScaleSignificand == 0) begin : g_power
              logic unused;
              assign unused = ^significand;
              assign term   = plain;
            end else begin : g_float                          // the exact term times the significand
              logic [ShiftDelay*Significand-1:0]  significand_q;
              logic [PlainBits+Significand:0]     product;
              logic                               unused;
              always_ff @(posedge clk_i) if (enable_i)
                significand_q <= {significand_q[(ShiftDelay-1)*Significand-1:0], significand};
              mase_mx_mul #(.ABits(PlainBits), .BBits(Significand + 1)) u_scale (
                .a_i(plain), .b_i({1'b0, significand_q[(ShiftDelay-1)*Significand +: Significand]}), .y_o(product));
              assign unused = product[PlainBits+Significand];
              assign term   = product[TermBits-1:0];
            end
          end

          mase_mx_align #(.TermBits(TermBits), .GuardBits(GuardBits), .ShiftBits(9)) u_align (
            .term_i(term), .shift_i(shift), .aligned_o(aligned), .half_o(half));
          always_ff @(posedge clk_i) if (enable_i) begin
            aligned_q[b*AlignedBits +: AlignedBits] <= aligned;
            half_q[b]                               <= half;
          end
        end
      end
      mase_mx_accumulate #(.Terms(Blocks), .AlignedBits(AlignedBits), .SumBits(SumBits)) u_accumulate (
        .clk_i(clk_i), .rst_i(rst_i), .enable_i(enable_i & sum_enable_i), .last_i(sum_last_i), .aligned_i(aligned_q),
        .half_i(half_q), .sum_o(sum_o[o*SumBits +: SumBits]));
    end
    if (!Aligns) begin : g_no_terms
      logic unused;
      assign unused = (^x_below_i) ^ (^w_scale_i) ^ term_enable_i ^ term_last_i;
    end
  endgenerate
endmodule
