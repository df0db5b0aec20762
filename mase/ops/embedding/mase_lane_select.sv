// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One of several lanes that stand side by side in a word, by its number. Combinational. (streams.md S11)
module mase_lane_select #(
  parameter int Lanes = 4,
  parameter int Width = 64,              // bits of a lane
  localparam int LaneBits = (Lanes == 1) ? 1 : $clog2(Lanes)
) (
  input  logic [Lanes*Width-1:0] word_i,
  input  logic [LaneBits-1:0]    lane_i,   // below Lanes
  output logic [Width-1:0]       data_o
);
  generate
    if (Lanes == 1) begin : g_one
      logic unused;
      assign unused = ^lane_i;
      assign data_o = word_i;
    end else begin : g_halves                // each bit of the number, the highest first, keeps a half
      for (genvar b = 0; b < LaneBits; b = b + 1) begin : g_bit
        localparam int Half = Width << (LaneBits - 1 - b);
        logic [2*Half-1:0] both;
        logic [Half-1:0]   kept;
        if (b == 0) begin : g_first
          assign both = (2*Half)'(word_i);
        end else begin : g_next
          assign both = g_bit[b-1].kept;
        end
        assign kept = lane_i[LaneBits-1-b] ? both[2*Half-1:Half] : both[Half-1:0];
      end
      assign data_o = g_bit[LaneBits-1].kept;
    end
  endgenerate
endmodule
