// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Beats of TileIn elements to beats of TileOut: the wider cut into pieces, or the narrower put together. Latency 2, a
// beat of the narrower a cycle. (streams.md S1, S2, S13)
module mase_resize #(
  parameter int TileIn = 4,              // elements a beat, S1: one of the two divides the other
  parameter int TileOut = 32,
  parameter int Bits = 8,                // of an element's code
  parameter int ScaleBits = 8,           // of a stored scale; 0: there are none
  localparam int BlocksIn = (TileIn + 31) / 32,
  localparam int BlocksOut = (TileOut + 31) / 32,
  localparam int ScaleIn = (ScaleBits == 0) ? 1 : BlocksIn * ScaleBits,
  localparam int ScaleOut = (ScaleBits == 0) ? 1 : BlocksOut * ScaleBits
) (
  input  logic                    clk_i,
  input  logic                    rst_i,      // synchronous, active high
  input  logic [TileIn*Bits-1:0]  x_data_i,
  input  logic [ScaleIn-1:0]      x_scale_i,  // not used where there are none
  input  logic                    x_valid_i,
  output logic                    x_ready_o,
  output logic [TileOut*Bits-1:0] y_data_o,
  output logic [ScaleOut-1:0]     y_scale_o,
  output logic                    y_valid_o,
  input  logic                    y_ready_i
);
  localparam bit Cuts = TileIn >= TileOut;
  localparam int Pieces = Cuts ? TileIn / TileOut : TileOut / TileIn;
  localparam int PieceBits = (Pieces == 1) ? 1 : $clog2(Pieces);
  localparam int LastPiece = Pieces - 1;
  localparam int OneScale = (ScaleBits == 0) ? 1 : ScaleBits;

  logic [TileIn*Bits-1:0] data;
  logic [ScaleIn-1:0]     scale;
  logic [PieceBits-1:0]   piece_q;
  logic                   valid, last, move, take, step, y_valid_q;
  assign last = piece_q == LastPiece[PieceBits-1:0];
  assign move = y_ready_i | ~y_valid_q;
  assign step = valid & (move | (!Cuts & ~last));        // a piece is cut off or put in place
  assign take = step & (!Cuts | last);                   // the input's beat goes
  mase_stream_fifo #(.Width(TileIn * Bits + ScaleIn)) u_beats (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i({x_scale_i, x_data_i}), .x_valid_i(x_valid_i), .x_ready_o(x_ready_o),
    .y_data_o({scale, data}), .y_valid_o(valid), .y_ready_i(take));
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      piece_q   <= '0;
      y_valid_q <= 1'b0;
    end else begin
      if (step) piece_q <= last ? '0 : piece_q + 1'b1;
      if (move) y_valid_q <= step & (Cuts | last);
    end
  end
  logic [TileOut*Bits-1:0] y_data_q;
  logic [ScaleOut-1:0]     y_scale_q;
  generate
    if (Cuts) begin : g_cut
      for (genvar p = 0; p < Pieces; p = p + 1) begin : g_piece
        localparam int Scale = (ScaleBits == 0) ? 0 : p * TileOut / 32;
        logic [TileOut*Bits-1:0] piece;
        logic [ScaleOut-1:0]     piece_scale;
        if (p == 0) begin : g_first
          assign piece       = data[TileOut*Bits-1:0];
          assign piece_scale = scale[ScaleOut-1:0];
        end else begin : g_next
          logic own;
          assign own         = piece_q == PieceBits'(p);
          assign piece       = own ? data[p*TileOut*Bits +: TileOut*Bits] : g_piece[p-1].piece;
          assign piece_scale = own ? scale[Scale*OneScale +: ScaleOut] : g_piece[p-1].piece_scale;
        end
      end
      always_ff @(posedge clk_i) if (step) begin
        y_data_q  <= g_piece[Pieces-1].piece;
        y_scale_q <= g_piece[Pieces-1].piece_scale;
      end
    end else begin : g_gather                            // the last piece goes into the output's register at once
      logic [(Pieces-1)*TileIn*Bits-1:0] data_q;
      always_ff @(posedge clk_i) begin
        for (int p = 0; p < Pieces - 1; p = p + 1)
          if (step & piece_q == PieceBits'(p)) data_q[p*TileIn*Bits +: TileIn*Bits] <= data;
        if (step & last) y_data_q <= {data, data_q};
      end
      if (TileOut <= 32 || ScaleBits == 0) begin : g_same // of one block
        always_ff @(posedge clk_i) if (step & last) y_scale_q <= scale;
      end else begin : g_scales
        logic [ScaleOut-1:0] scale_q;
        for (genvar b = 0; b < BlocksOut; b = b + 1) begin : g_block
          localparam int Piece = b * 32 / TileIn;        // the first that has it
          localparam int At = b % BlocksIn;
          logic [ScaleBits-1:0] own;
          assign own = scale[At*ScaleBits +: ScaleBits];
          always_ff @(posedge clk_i) begin
            if (step & piece_q == Piece[PieceBits-1:0]) scale_q[b*ScaleBits +: ScaleBits] <= own;
            if (step & last)
              y_scale_q[b*ScaleBits +: ScaleBits] <= (Piece == LastPiece) ? own : scale_q[b*ScaleBits +: ScaleBits];
          end
        end
      end
    end
  endgenerate
  assign y_data_o  = y_data_q;
  assign y_scale_o = y_scale_q;
  assign y_valid_o = y_valid_q;
endmodule
