// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sums to integers under a static scale: each alone shifted, rounded to nearest even and saturated. Ports as those of
// mase_mx_cast, without scales. What is dropped is a parameter, or, where a row's exponent decides, a port. Latency 3
// cycles, rate 1. (arithmetic.md A25, S1, S2)
module mase_static_cast #(
  parameter int Lanes = 1,               // sums a beat
  parameter int SumBits = 24,            // bits of a sum, sign included; |sum| < 2^(SumBits-1)
  parameter int OutputBits = 8,          // bits of an element, sign included
  parameter int Symmetric = 1,           // 0: -2^(OutputBits-1) is an element too
  parameter int Dynamic = 0,             // 1: sum_top_i counts
  parameter int Shift = 8,               // else: bits that are dropped, negative to the left
  parameter int TopBits = 11             // bits of top, sign included
) (
  input  logic                        clk_i,
  input  logic                        rst_i,
  input  logic [Lanes*SumBits-1:0]    sum_data_i,
  input  logic [TopBits-1:0]          sum_top_i,     // integer bits of a sum without its sign
  input  logic                        sum_valid_i,
  output logic                        sum_ready_o,   // from a register
  output logic [Lanes*OutputBits-1:0] y_data_o,
  output logic                        y_valid_o,
  input  logic                        y_ready_i
);
  localparam int Magnitude = SumBits - 1;
  localparam int Kept = OutputBits - 1;                          // bits of an element's magnitude
  localparam int Wide = Kept + Magnitude;                        // integer bits, then those below the point
  // A constant shift is wiring: how many bits are dropped, at least two of them, with zeros below if it takes that.
  localparam int Below = (Shift < 2) ? 2 - Shift : 0;
  localparam int Dropped = Shift + Below;
  localparam int Whole = (Magnitude + Below > Dropped + Kept) ? Magnitude + Below - Dropped : Kept;   // integer bits
  localparam int WordBits = Whole + Dropped;
  localparam int ShiftBits = $clog2(Wide + 1);

  // ---- Magnitudes.
  logic [Lanes*SumBits-1:0] magnitude_q;                         // with the sign on top
  logic                     magnitude_valid_q, take;
  assign take = sum_valid_i & sum_ready_o;
  generate
    for (genvar i = 0; i < Lanes; i = i + 1) begin : g_magnitude
      logic                 sign;
      logic [Magnitude-1:0] magnitude;
      assign sign      = sum_data_i[i*SumBits + SumBits - 1];
      assign magnitude = (sum_data_i[i*SumBits +: Magnitude] ^ {Magnitude{sign}}) + {{(Magnitude-1){1'b0}}, sign};
      always_ff @(posedge clk_i) if (take) magnitude_q[i*SumBits +: SumBits] <= {sign, magnitude};
    end
  endgenerate

  // ---- Elements.
  logic [Lanes*OutputBits-1:0] element;
  logic                        zero;                             // everything lies below half an element
  logic [ShiftBits-1:0]        amount;
  generate
    if (Dynamic != 0) begin : g_amount
      logic [ShiftBits-1:0] amount_q;
      logic                 zero_q;
      always_ff @(posedge clk_i) if (take) begin                 // beyond Wide every one is lost, as it is there
        zero_q   <= sum_top_i[TopBits-1];
        amount_q <= sum_top_i[ShiftBits-1:0] | {ShiftBits{~sum_top_i[TopBits-1] & (|sum_top_i[TopBits-2:ShiftBits])}};
      end
      assign zero   = zero_q;
      assign amount = amount_q;
    end else begin : g_constant
      logic unused;
      assign unused = (^sum_top_i) ^ (^amount);
      assign zero   = 1'b0;
      assign amount = '0;
    end
    for (genvar i = 0; i < Lanes; i = i + 1) begin : g_element
      logic                  sign, half, sticky, up, beyond;
      logic [Magnitude-1:0]  magnitude;
      logic [Kept-1:0]       kept;
      logic [OutputBits-1:0] rounded, limited;                   // a bit more than a magnitude
      assign {sign, magnitude} = magnitude_q[i*SumBits +: SumBits];
      if (Dynamic != 0) begin : g_dynamic
        logic [Wide-1:0] word;
        logic            lost;
        mase_mx_shift #(.Bits(Wide), .ShiftBits(ShiftBits)) u_shift (
          .word_i({{Kept{1'b0}}, magnitude}), .shift_i(amount), .word_o(word), .lost_o(lost));
        assign beyond = lost;
        assign kept   = word[Wide-1:Magnitude];
        assign half   = word[Magnitude-1];
        assign sticky = |word[Magnitude-2:0];
      end else begin : g_wires
        logic [WordBits-1:0] word;
        assign word   = WordBits'(magnitude) << Below;
        assign kept   = word[Dropped +: Kept];
        assign half   = word[Dropped-1];
        assign sticky = |word[Dropped-2:0];
        if (Whole > Kept) begin : g_above
          assign beyond = |word[WordBits-1:Dropped+Kept];
        end else begin : g_none
          assign beyond = 1'b0;
        end
      end
      assign up      = half & (sticky | kept[0]);
      assign rounded = {1'b0, kept} + {{Kept{1'b0}}, up};
      if (Symmetric != 0) begin : g_symmetric
        assign limited = (beyond | rounded[Kept]) ? {1'b0, {Kept{1'b1}}} : rounded;
      end else begin : g_asymmetric
        assign limited = (beyond | rounded[Kept]) ? {sign, {Kept{~sign}}} : rounded;
      end
      assign element[i*OutputBits +: OutputBits] =
          zero ? '0 : (limited ^ {OutputBits{sign}}) + {{Kept{1'b0}}, sign};
    end
  endgenerate

  // ---- A few elements wait, so that ready comes from a register; then the output's own register.
  logic [Lanes*OutputBits-1:0] head, y_data_q;
  logic [1:0]                  write_q, read_q;
  logic [2:0]                  inside_q, inside_d, stored_q;     // elements on their way, and those that wait
  logic                        full_q, move, pop, y_valid_q;
  assign sum_ready_o = ~full_q;
  assign move        = y_ready_i | ~y_valid_q;
  assign pop         = move & (stored_q != 3'd0);
  assign inside_d    = inside_q + {2'd0, take} - {2'd0, pop};
  mase_lutram #(.Width(Lanes * OutputBits), .AddressBits(2)) u_wait (
    .clk_i(clk_i), .write_i(magnitude_valid_q), .write_address_i(write_q), .write_data_i(element),
    .read_address_i(read_q), .read_data_o(head));
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      magnitude_valid_q <= 1'b0;
      write_q           <= '0;
      read_q            <= '0;
      inside_q          <= '0;
      stored_q          <= '0;
      full_q            <= 1'b0;
      y_valid_q         <= 1'b0;
    end else begin
      magnitude_valid_q <= take;
      if (magnitude_valid_q) write_q <= write_q + 1'b1;
      if (pop) read_q <= read_q + 1'b1;
      inside_q <= inside_d;
      stored_q <= stored_q + {2'd0, magnitude_valid_q} - {2'd0, pop};
      full_q   <= inside_d == 3'd4;
      if (move) y_valid_q <= pop;
    end
    if (pop) y_data_q <= head;
  end
  assign y_data_o  = y_data_q;
  assign y_valid_o = y_valid_q;
endmodule
