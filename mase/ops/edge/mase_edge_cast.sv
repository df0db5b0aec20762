// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Wide integers, one exponent a block of 32, to the elements of an edge: blocks under a scale (mase_mx_cast) or a
// static one (mase_static_cast). Rate 1. sum_ready_o and the output come from registers. (operators.md O2)
module mase_edge_cast #(
  parameter int Lanes = 1,               // sums a beat, S1
  parameter int SumBits = 24,            // sign included; |sum| < 2^(SumBits-1)
  parameter int Bits = 8,                // of an element's code
  parameter int ExponentBits = 0,        // 0: two's complement; else a float
  parameter int MaxShift = 0,            // of the largest float
  parameter int ScaleBits = 8,           // of a stored scale; 0: there are none
  parameter int Exponent = 0,            // T less the bias of scales; of a static scale its exponent
  parameter int LargestCode = 127,
  parameter int ScaleRounds = 0,         // A20
  localparam int Blocks = (Lanes + 31) / 32,
  localparam int ScaleWidth = (ScaleBits == 0) ? 1 : Blocks * ScaleBits
) (
  input  logic                     clk_i,
  input  logic                     rst_i,             // synchronous, active high
  input  logic [Lanes*SumBits-1:0] sum_data_i,
  input  logic [Blocks*12-1:0]     sum_exponent_i,    // E of each block, signed
  input  logic                     sum_valid_i,
  output logic                     sum_ready_o,
  output logic [Lanes*Bits-1:0]    y_data_o,
  output logic [ScaleWidth-1:0]      y_scale_o,
  output logic                     y_valid_o,
  input  logic                     y_ready_i
);
  localparam int BlockLanes = Lanes / Blocks;
  generate
    if (ScaleBits == 0) begin : g_static
      localparam int TopOffset = SumBits - 1 - Exponent;     // from E to the integer bits of a sum
      logic [Blocks-1:0] ready, valid;
      assign sum_ready_o = &ready;                           // all blocks move together
      assign y_valid_o   = &valid;
      assign y_scale_o   = '0;
      for (genvar b = 0; b < Blocks; b = b + 1) begin : g_block
        logic [11:0] top;
        assign top = sum_exponent_i[b*12 +: 12] + TopOffset[11:0];
        mase_static_cast #(
          .Lanes(BlockLanes), .SumBits(SumBits), .OutputBits(Bits), .Symmetric(0), .Dynamic(1),
          .TopBits(12)) u_cast (
          .clk_i(clk_i), .rst_i(rst_i), .sum_data_i(sum_data_i[b*BlockLanes*SumBits +: BlockLanes*SumBits]),
          .sum_top_i(top), .sum_valid_i(sum_valid_i), .sum_ready_o(ready[b]),
          .y_data_o(y_data_o[b*BlockLanes*Bits +: BlockLanes*Bits]), .y_valid_o(valid[b]), .y_ready_i(y_ready_i));
      end
    end else begin : g_blocks
      // A narrow sum gets zeros below: B does not change.
      localparam int PadBits = (SumBits < Bits + 3) ? Bits + 3 - SumBits : 0;
      localparam int CastBits = SumBits + PadBits;
      localparam int TopOffset = SumBits - 2 - Exponent;                       // from E to the top scale
      logic [Blocks-1:0] ready, valid;
      assign sum_ready_o = &ready;                                             // all blocks move together
      assign y_valid_o   = &valid;
      for (genvar b = 0; b < Blocks; b = b + 1) begin : g_block
        logic [BlockLanes*CastBits-1:0] sum;
        logic [11:0]                    top;
        assign top = sum_exponent_i[b*12 +: 12] + TopOffset[11:0];
        for (genvar i = 0; i < BlockLanes; i = i + 1) begin : g_lane
          if (PadBits > 0) begin : g_pad
            assign sum[i*CastBits +: CastBits] = {sum_data_i[(b*BlockLanes+i)*SumBits +: SumBits], {PadBits{1'b0}}};
          end else begin : g_plain
            assign sum[i*CastBits +: CastBits] = sum_data_i[(b*BlockLanes+i)*SumBits +: SumBits];
          end
        end
        mase_mx_cast #(
          .Lanes(BlockLanes), .SumBits(CastBits), .OutputBits(Bits), .ExponentBits(ExponentBits), .MaxShift(MaxShift),
          .LargestCode(LargestCode), .ScaleRounds(ScaleRounds), .ScaleBits(ScaleBits), .TopBits(12)) u_cast (
          .clk_i(clk_i), .rst_i(rst_i), .sum_data_i(sum), .sum_top_i(top), .sum_valid_i(sum_valid_i),
          .sum_ready_o(ready[b]), .y_data_o(y_data_o[b*BlockLanes*Bits +: BlockLanes*Bits]),
          .y_scale_o(y_scale_o[b*ScaleBits +: ScaleBits]), .y_valid_o(valid[b]), .y_ready_i(y_ready_i));
      end
    end
  endgenerate
endmodule
