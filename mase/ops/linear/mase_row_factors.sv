// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Factors of outputs, or biases, which come in slices with the words of weights: put together, and held until the sums
// of their tile are ready, Delay enabled cycles after the tile's last word. (arithmetic.md A27, operators.md O17, S3)
module mase_row_factors #(
  parameter int Outputs = 1,
  parameter int FactorBits = 13,
  parameter int SliceBits = 1,           // of a factor in each word
  parameter int Delay = 4,
  parameter int Beats = 32,              // words a tile
  localparam int Slices = (FactorBits + SliceBits - 1) / SliceBits,
  localparam int Whole = Slices * SliceBits
) (
  input  logic                          clk_i,
  input  logic                          enable_i,
  input  logic                          take_i,      // a word is taken
  input  logic                          last_i,      // and it is a tile's last
  input  logic [Outputs*SliceBits-1:0]  slice_i,     // the last words of a tile hold the factor, lowest slice first
  output logic [Outputs*FactorBits-1:0] factor_o
);
  logic [Outputs*Whole-1:0]      slices_q, slices_d;
  logic [Outputs*FactorBits-1:0] factor;
  always_ff @(posedge clk_i) if (take_i) slices_q <= slices_d;
  generate
    for (genvar o = 0; o < Outputs; o = o + 1) begin : g_output
      if (Slices == 1) begin : g_one
        assign slices_d[o*Whole +: Whole] = slice_i[o*SliceBits +: SliceBits];
      end else begin : g_more
        assign slices_d[o*Whole +: Whole] =
            {slice_i[o*SliceBits +: SliceBits], slices_q[o*Whole + SliceBits +: Whole - SliceBits]};
      end
      assign factor[o*FactorBits +: FactorBits] = slices_d[o*Whole +: FactorBits];
    end
    if (Beats >= Delay) begin : g_hold               // the next tile's last word comes no sooner
      logic [Outputs*FactorBits-1:0] factor_q;
      logic                          unused;
      assign unused = enable_i ^ (^slices_q);
      always_ff @(posedge clk_i) if (take_i & last_i) factor_q <= factor;
      assign factor_o = factor_q;
    end else begin : g_pipe
      logic [Delay*Outputs*FactorBits-1:0] factor_q;
      logic                                unused;
      assign unused = last_i ^ (^slices_q);
      always_ff @(posedge clk_i) if (enable_i)
        factor_q <= (Delay*Outputs*FactorBits)'({factor_q, factor});
      assign factor_o = factor_q[(Delay-1)*Outputs*FactorBits +: Outputs*FactorBits];
    end
  endgenerate
endmodule
