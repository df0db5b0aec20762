// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// x g(x) element by element, g from a table of the element's value in steps of 2^-11: SiLU, GELU. With Odd the table
// itself, of |x| and with the sign of x: tanh. A beat a cycle; latency 7 cycles and the cast's.
// (operators.md O4, O8, S1, S2, S5)
module mase_gate #(
  parameter int TileIn = 1,              // elements a beat on both ports, S1
  parameter int Odd = 0,
  parameter int InputBits = 8,
  parameter int InputExponentBits = 0,
  parameter int InputMaxShift = 0,
  parameter int InputScaleBits = 8,      // of a stored scale; 0: there are none
  parameter int InputExponent = -133,
  parameter int OutputBits = 8,
  parameter int OutputExponentBits = 0,
  parameter int OutputMaxShift = 0,
  parameter int OutputScaleBits = 8,     // of a stored scale; 0: there are none
  parameter int OutputExponent = 0,
  parameter int OutputLargestCode = 127,
  parameter int OutputScaleRounds = 0,
  parameter int IndexBits = 11,          // as of mase_function_table
  parameter int SlopeBits = 11,
  parameter logic [((17+SlopeBits)<<IndexBits)-1:0] Words = '0,
  localparam int Blocks = (TileIn + 31) / 32,
  localparam int InputScaleWidth = (InputScaleBits == 0) ? 1 : Blocks * InputScaleBits,
  localparam int OutputScaleWidth = (OutputScaleBits == 0) ? 1 : Blocks * OutputScaleBits
) (
  input  logic                         clk_i,
  input  logic                         rst_i,       // synchronous, active high
  input  logic [TileIn*InputBits-1:0]  x_data_i,
  input  logic [InputScaleWidth-1:0]          x_scale_i,
  input  logic                         x_valid_i,
  output logic                         x_ready_o,
  output logic [TileIn*OutputBits-1:0] y_data_o,
  output logic [OutputScaleWidth-1:0]          y_scale_o,
  output logic                         y_valid_o,
  input  logic                         y_ready_i
);
  localparam int Whole = 1 + InputMaxShift + ((InputScaleBits == 0) ? InputBits : (InputExponentBits == 0)
                                              ? InputBits - 1 : InputBits - InputExponentBits);
  localparam int ArgumentBits = (Odd != 0) ? 15 : 16;
  localparam int WideBits = Whole + 16;                  // X 2^16, which is only shifted to the right
  localparam int TableDelay = 3;
  localparam int SumBits = (Odd != 0) ? 18 : Whole + 16; // N + 17

  // ---- Stage 1: decoded. Stage 2: shifted. Stage 3: t, saturated.
  logic [TileIn*Whole-1:0] whole;
  logic [Blocks*12-1:0]    exponent, shift_q;
  logic [6:0]              valid_q;
  logic                    enable;
  mase_edge_decode #(
    .Lanes(TileIn), .Bits(InputBits), .ExponentBits(InputExponentBits), .MaxShift(InputMaxShift),
    .ScaleBits(InputScaleBits), .Exponent(InputExponent)) u_decode (
    .data_i(x_data_i), .scale_i(x_scale_i), .whole_o(whole), .exponent_o(exponent));
  assign x_ready_o = enable;
  always_ff @(posedge clk_i) begin
    if (rst_i) valid_q <= '0;
    else if (enable) valid_q <= {valid_q[5:0], x_valid_i};
  end
  generate
    for (genvar b = 0; b < Blocks; b = b + 1) begin : g_block
      logic [11:0] right;
      assign right = 12'd5 - exponent[b*12 +: 12];
      always_ff @(posedge clk_i) if (enable) shift_q[b*12 +: 12] <= right[11] ? '0 : right;
    end
  endgenerate

  logic [7*Blocks*12-1:0]    exponent_q;                 // of stages 1 to 7
  logic [TileIn*SumBits-1:0] sum_q;
  always_ff @(posedge clk_i) if (enable) exponent_q <= {exponent_q[6*Blocks*12-1:0], exponent};
  generate
    for (genvar i = 0; i < TileIn; i = i + 1) begin : g_lane
      logic [Whole-1:0]      whole_q;
      logic [WideBits-1:0]   aligned, aligned_q;
      logic                  half, half_q, fits;
      logic [WideBits:0]     rounded;
      logic [15:0]           t_q;
      logic [ArgumentBits:0] argument;
      logic [16:0]           value;
      mase_mx_align #(.TermBits(Whole), .GuardBits(16), .ShiftBits(12)) u_align (
        .term_i(whole_q), .shift_i(shift_q[i/32*12 +: 12]), .aligned_o(aligned), .half_o(half));
      assign rounded = {aligned_q[WideBits-1], aligned_q} + {{WideBits{1'b0}}, half_q};
      assign fits    = (&rounded[WideBits:15]) | ~(|rounded[WideBits:15]);
      always_ff @(posedge clk_i) if (enable) begin
        whole_q   <= whole[i*Whole +: Whole];
        aligned_q <= aligned;
        half_q    <= half;
        t_q       <= fits ? rounded[15:0] : {rounded[WideBits], {15{~rounded[WideBits]}}};
      end
      mase_function_table #(
        .IndexBits(IndexBits), .StepBits(ArgumentBits - IndexBits), .ValueBits(17), .SlopeBits(SlopeBits),
        .Words(Words)) u_table (
        .clk_i(clk_i), .enable_i(enable), .argument_i(argument), .value_o(value));
      if (Odd != 0) begin : g_odd
        logic [TableDelay-1:0] sign_q;
        assign argument = (t_q ^ {16{t_q[15]}}) + {15'b0, t_q[15]};
        always_ff @(posedge clk_i) if (enable) begin
          sign_q <= {sign_q[TableDelay-2:0], t_q[15]};
          sum_q[i*SumBits +: SumBits] <= ({1'b0, value} ^ {18{sign_q[TableDelay-1]}}) + {17'b0, sign_q[TableDelay-1]};
        end
      end else begin : g_product
        logic [5*Whole-1:0]         x_q;                 // of stages 2 to 6
        logic signed [Whole-1:0]    x;
        logic signed [17:0]         g;
        logic signed [Whole+17:0]   product;
        logic                       unused;
        assign argument = {1'b0, ~t_q[15], t_q[14:0]};
        assign x        = x_q[4*Whole +: Whole];
        assign g        = {1'b0, value};
        assign product  = x * g;
        assign unused   = ^product[Whole+17:SumBits];
        always_ff @(posedge clk_i) if (enable) begin
          x_q <= {x_q[4*Whole-1:0], whole_q};
          sum_q[i*SumBits +: SumBits] <= product[SumBits-1:0];
        end
      end
    end
  endgenerate

  logic [Blocks*12-1:0] sum_exponent;
  generate
    for (genvar b = 0; b < Blocks; b = b + 1) begin : g_exponent
      if (Odd != 0) begin : g_odd
        assign sum_exponent[b*12 +: 12] = -12'd16;
      end else begin : g_product
        assign sum_exponent[b*12 +: 12] = exponent_q[(6*Blocks+b)*12 +: 12] - 12'd16;
      end
    end
    if (Odd != 0) begin : g_unused
      logic unused;
      assign unused = ^exponent_q[6*Blocks*12 +: Blocks*12];
    end
  endgenerate
  mase_edge_cast #(
    .Lanes(TileIn), .SumBits(SumBits), .Bits(OutputBits), .ExponentBits(OutputExponentBits), .MaxShift(OutputMaxShift),
    .ScaleBits(OutputScaleBits), .Exponent(OutputExponent), .LargestCode(OutputLargestCode),
    .ScaleRounds(OutputScaleRounds)) u_cast (
    .clk_i(clk_i), .rst_i(rst_i), .sum_data_i(sum_q), .sum_exponent_i(sum_exponent), .sum_valid_i(valid_q[6]),
    .sum_ready_o(enable), .y_data_o(y_data_o), .y_scale_o(y_scale_o), .y_valid_o(y_valid_o), .y_ready_i(y_ready_i));
endmodule
