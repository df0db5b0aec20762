// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// 2^16 sin of a phase, from a quarter wave. Latency 4 enabled cycles, rate 1. (operators.md O13)
module mase_rope_sine #(
  parameter int IndexBits = 8,           // as of mase_function_table
  parameter int SlopeBits = 10,
  parameter logic [((17+SlopeBits)<<IndexBits)-1:0] Words = '0
) (
  input  logic        clk_i,
  input  logic        enable_i,
  input  logic [19:0] phase_i,           // a turn is 2^20
  output logic [17:0] sine_o             // signed
);
  logic [18:0] argument_q;
  logic [3:0]  sign_q;
  logic [16:0] value;
  always_ff @(posedge clk_i) if (enable_i) begin
    argument_q <= phase_i[18] ? 19'h40000 - {1'b0, phase_i[17:0]} : {1'b0, phase_i[17:0]};
    sign_q     <= {sign_q[2:0], phase_i[19]};
  end
  mase_function_table #(
    .IndexBits(IndexBits), .StepBits(18 - IndexBits), .ValueBits(17), .SlopeBits(SlopeBits), .Words(Words)) u_table (
    .clk_i(clk_i), .enable_i(enable_i), .argument_i(argument_q), .value_o(value));
  assign sine_o = ({1'b0, value} ^ {18{sign_q[3]}}) + {17'b0, sign_q[3]};
endmodule
