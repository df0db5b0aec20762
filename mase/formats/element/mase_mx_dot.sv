// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Dot products of one tile of decoded elements with Outputs others: terms, or the parts of terms that a narrow tile
// sees. Latency 2 enabled cycles, rate 1. (arithmetic.md A1, A4, A18)
module mase_mx_dot #(
  parameter int Lanes = 32,              // elements a tile, a power of two
  parameter int Outputs = 1,
  parameter int Dsp = 0,                 // 1: the products of all outputs with one element share a DSP slice
  parameter int ABits = 4,               // bits of an integer of a
  parameter int AMaxShift = 0,
  parameter int BBits = 4,               // bits of an integer of b
  parameter int BMaxShift = 0,
  parameter int BSymmetric = 1,
  parameter int WindowBits = ABits + BBits - 2,     // |product| < 2^WindowBits, A18
  localparam int AElement = ABits + ((AMaxShift == 0) ? 0 : $clog2(AMaxShift + 1)),
  localparam int BElement = BBits + ((BMaxShift == 0) ? 0 : $clog2(BMaxShift + 1)),
  localparam int ProductBits = WindowBits + 1,      // A1: never -2^(ABits-1) * -2^(BBits-1)
  localparam int SumBits = ProductBits + $clog2(Lanes)
) (
  input  logic                              clk_i,
  input  logic                              enable_i,
  input  logic [Lanes*AElement-1:0]         a_i,
  input  logic [Outputs*Lanes*BElement-1:0] b_i,
  output logic [Outputs*SumBits-1:0]        sum_o
);
  localparam int Shifts = AMaxShift + BMaxShift;
  localparam int ExactBits = (WindowBits == ABits + BBits - 1) ? ABits + BBits : ABits + BBits - 1;
  localparam int ADropBits = (AMaxShift == 0) ? 1 : AElement - ABits;
  localparam int BDropBits = (BMaxShift == 0) ? 1 : BElement - BBits;
  // Without shifts behind the products their carries go to the adders of the sums, but for each output's last.
  localparam bit Carries = Dsp != 0 && Shifts == 0 && Outputs > 1;
  logic [Outputs*Lanes*ProductBits-1:0] product, product_q;
  logic [Outputs*Lanes-1:0]             carry, carry_q;
  always_ff @(posedge clk_i) if (enable_i) product_q <= product;
  generate
    if (Carries) begin : g_carry
      always_ff @(posedge clk_i) if (enable_i) carry_q <= carry;
    end else begin : g_no_carry
      logic unused;
      assign unused  = ^carry;
      assign carry_q = '0;
    end
    for (genvar i = 0; i < Lanes; i = i + 1) begin : g_lane
      if (Dsp == 0) begin : g_rows
        for (genvar o = 0; o < Outputs; o = o + 1) begin : g_output
          mase_element_product #(
            .ABits(ABits), .AMaxShift(AMaxShift), .BBits(BBits), .BMaxShift(BMaxShift),
            .WindowBits(WindowBits)) u_product (
            .a_i(a_i[i*AElement +: AElement]), .b_i(b_i[(o*Lanes+i)*BElement +: BElement]),
            .product_o(product[(o*Lanes+i)*ProductBits +: ProductBits]));
          assign carry[o*Lanes+i] = 1'b0;
        end
      end else begin : g_dsp
        localparam int Packed = BBits + ((BSymmetric != 0) ? 0 : 1);   // symmetric with a bit more
        localparam int Spacing = ABits + Packed - 1;
        logic [Outputs*Packed-1:0]  b;
        logic [Outputs*Spacing-1:0] field;
        logic [Outputs-1:0]         below;
        mase_mx_pack #(.ABits(ABits), .BBits(Packed), .Count(Outputs)) u_pack (
          .a_i(a_i[i*AElement +: ABits]), .b_i(b), .field_o(field), .carry_o(below));
        for (genvar o = 0; o < Outputs; o = o + 1) begin : g_output
          logic [ExactBits-1:0] whole;
          assign b[o*Packed +: Packed] = Packed'($signed(b_i[(o*Lanes+i)*BElement +: BBits]));
          if (o > 0 && (!Carries || i == Lanes - 1)) begin : g_correct
            assign whole            = field[o*Spacing +: ExactBits] + {{(ExactBits-1){1'b0}}, below[o]};
            assign carry[o*Lanes+i] = 1'b0;
          end else begin : g_raw
            assign whole            = field[o*Spacing +: ExactBits];
            assign carry[o*Lanes+i] = below[o];
          end
          mase_element_window #(
            .ExactBits(ExactBits), .AMaxShift(AMaxShift), .BMaxShift(BMaxShift), .WindowBits(WindowBits)) u_window (
            .integer_i(whole), .a_drop_i(ADropBits'(a_i[i*AElement +: AElement] >> ABits)),
            .b_drop_i(BDropBits'(b_i[(o*Lanes+i)*BElement +: BElement] >> BBits)),
            .product_o(product[(o*Lanes+i)*ProductBits +: ProductBits]));
        end
      end
    end
    for (genvar o = 0; o < Outputs; o = o + 1) begin : g_sum
      mase_mx_tree #(.Lanes(Lanes), .Bits(ProductBits), .Carries(Carries && o > 0)) u_tree (
        .clk_i(clk_i), .enable_i(enable_i), .x_i(product_q[o*Lanes*ProductBits +: Lanes*ProductBits]),
        .carry_i(carry_q[o*Lanes +: Lanes]), .sum_o(sum_o[o*SumBits +: SumBits]));
    end
  endgenerate
endmodule
