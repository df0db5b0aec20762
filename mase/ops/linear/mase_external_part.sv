// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One part of each word out of beats: several parts of a beat, lowest first, or several beats a part, lowest first.
// Asks for a beat when it has no part, or gives its last one away in this cycle. (streams.md S15)
module mase_external_part #(
  parameter int DataBits = 128,          // of a beat
  parameter int PartBits = 8             // below DataBits, or a multiple of it
) (
  input  logic                clk_i,
  input  logic                rst_i,     // synchronous, active high
  output logic                free_o,    // a beat can come
  input  logic                load_i,    // and does
  input  logic [DataBits-1:0] beat_i,
  output logic [PartBits-1:0] part_o,
  output logic                valid_o,
  input  logic                take_i,    // the part goes
  input  logic                last_i     // and is the row's last, what is left of its beat is padding
);
  localparam int Parts = (PartBits >= DataBits) ? 1 : DataBits / PartBits;      // of a beat
  localparam int Beats = (PartBits >= DataBits) ? PartBits / DataBits : 1;      // of a part
  localparam int LeftBits = $clog2(Parts + 1);
  logic [LeftBits-1:0] left_q;           // parts
  logic                whole;            // a beat that comes completes its part
  assign valid_o = left_q != '0;
  assign free_o  = ~valid_o | (take_i & (last_i | (left_q == LeftBits'(1))));
  always_ff @(posedge clk_i) begin
    if (rst_i) left_q <= '0;
    else if (free_o) left_q <= (load_i & whole) ? Parts[LeftBits-1:0] : '0;
    else if (take_i) left_q <= left_q - 1'b1;
  end
  generate
    if (Beats > 1) begin : g_beats
      localparam int CountBits = $clog2(Beats);
      localparam int Last = Beats - 1;
      logic [CountBits-1:0] count_q;
      logic [PartBits-1:0]  part_q;
      assign whole  = count_q == Last[CountBits-1:0];
      assign part_o = part_q;
      always_ff @(posedge clk_i) begin
        if (rst_i) count_q <= '0;
        else if (load_i) count_q <= whole ? '0 : count_q + 1'b1;
        if (load_i) part_q <= {beat_i, part_q[PartBits-1:DataBits]};
      end
    end else if (Parts > 1) begin : g_parts
      localparam int UsedBits = Parts * PartBits;
      logic [UsedBits-1:0] part_q;
      logic                unused;
      assign unused = ^beat_i;
      assign whole  = 1'b1;
      assign part_o = part_q[PartBits-1:0];
      always_ff @(posedge clk_i) begin
        if (load_i) part_q <= beat_i[UsedBits-1:0];
        else if (take_i) part_q <= part_q >> PartBits;
      end
    end else begin : g_one
      logic [PartBits-1:0] part_q;
      logic                unused;
      assign unused = ^beat_i;
      assign whole  = 1'b1;
      assign part_o = part_q;
      always_ff @(posedge clk_i) if (load_i) part_q <= beat_i[PartBits-1:0];
    end
  endgenerate
endmodule
