// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A normalised magnitude and its sign to the nearest value of a table, of two equally near ones the smaller: compared
// with the middle between every two neighbours. The top bit weighs as the leading bit of the table's largest value.
// Combinational. (arithmetic.md A26)
module mase_table_round #(
  parameter int MagnitudeBits = 23,      // at least TableBits + 2
  parameter int Bits = 4,                // of a code
  parameter int TableBits = 4,           // of the magnitudes of the table's integers
  parameter int Decisions = 1,
  // Each {negative, code, above}, by growing magnitude from bit 0 on: above that many halves of the unit the code is it.
  parameter logic [Decisions*(TableBits+Bits+2)-1:0] Table = '0,
  parameter logic [Bits-1:0] Zero = '0   // the code of zero
) (
  input  logic [MagnitudeBits-1:0] normal_i,
  input  logic                     sign_i,
  output logic [Bits-1:0]          element_o
);
  localparam int Entry = TableBits + Bits + 2;
  localparam int Kept = TableBits + 1;   // bits down to halves of the unit
  logic [Kept:0] value;                  // and whether anything is below
  assign value = {normal_i[MagnitudeBits-1 -: Kept], |normal_i[MagnitudeBits-Kept-1:0]};
  logic [Decisions-1:0] holds;
  generate
    for (genvar d = 0; d < Decisions; d = d + 1) begin : g_decision
      localparam logic [Kept-1:0] Above = Table[d*Entry +: Kept];
      localparam logic Negative = Table[d*Entry + Entry - 1];
      assign holds[d] = (sign_i == Negative) & (value > {Above, 1'b0});
    end
  endgenerate
  always_comb begin
    element_o = Zero;
    for (int d = 0; d < Decisions; d = d + 1)
      if (holds[d]) element_o = Table[d*Entry + Kept +: Bits];
  end
endmodule
