// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A wide integer of one exponent as an integer under another, to nearest, ties to even, saturated. Two stages, which
// move together. (arithmetic.md O2)
module mase_static_round #(
  parameter int SumBits = 24,            // sign included; |sum| < 2^(SumBits-1)
  parameter int Bits = 8,                // of an element
  parameter int Exponent = -4            // of an element
) (
  input  logic               clk_i,
  input  logic               move_i,
  input  logic [SumBits-1:0] sum_i,
  input  logic [11:0]        exponent_i, // of the sum, signed
  output logic [Bits-1:0]    element_o
);
  // The magnitude lies Bits places to the left, whence it only moves to the right: a larger element saturates.
  localparam int MagnitudeBits = SumBits - 1;
  localparam int WideBits = MagnitudeBits + Bits;
  localparam int AmountBits = $clog2(WideBits + 2);
  localparam int Most = WideBits + 1;                    // leaves nothing, not even a half
  localparam int Base = Exponent + Bits;
  logic [MagnitudeBits-1:0] magnitude;
  logic [11:0]              right;                       // signed
  logic [AmountBits-1:0]    amount, amount_q;
  logic                     sign_q;
  logic [MagnitudeBits-1:0] magnitude_q;
  assign magnitude = (sum_i[MagnitudeBits-1:0] ^ {MagnitudeBits{sum_i[SumBits-1]}})
                   + {{(MagnitudeBits-1){1'b0}}, sum_i[SumBits-1]};
  assign right     = Base[11:0] - exponent_i;
  assign amount    = right[11] ? '0 : (right[10:0] > 11'(Most)) ? AmountBits'(Most) : right[AmountBits-1:0];
  always_ff @(posedge clk_i) if (move_i) begin
    magnitude_q <= magnitude;
    sign_q      <= sum_i[SumBits-1];
    amount_q    <= amount;
  end

  logic [WideBits:0]   wide, shifted, lost;              // a half bit below
  logic                up, over;
  logic [WideBits-1:0] rounded;
  logic [Bits-1:0]     element_q;
  assign wide    = {magnitude_q, {(Bits+1){1'b0}}};
  assign shifted = wide >> amount_q;
  assign lost    = wide & ~({(WideBits+1){1'b1}} << amount_q);
  assign up      = shifted[0] & ((|lost) | shifted[1]);
  assign rounded = shifted[WideBits:1] + {{(WideBits-1){1'b0}}, up};
  assign over    = (|rounded[WideBits-1:Bits]) | (rounded[Bits-1] & ~(sign_q & ~(|rounded[Bits-2:0])));
  always_ff @(posedge clk_i) if (move_i) begin
    if (over) element_q <= {sign_q, {(Bits-1){~sign_q}}};
    else element_q <= (rounded[Bits-1:0] ^ {Bits{sign_q}}) + {{(Bits-1){1'b0}}, sign_q};
  end
  assign element_o = element_q;
endmodule
