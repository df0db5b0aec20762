// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two rows of input beats: one is read, again and again, while the next streams in. Also finds each row's largest
// scale. A row is offered in the cycle after its last beat. (arithmetic.md A5, A22, S1, S2, S4)
module mase_linear_row_buffer #(
  parameter int Beats = 2,               // beats a row, at least 1
  parameter int DataBits = 128,          // bits of a beat's elements
  parameter int Scales = 1,              // scales a beat
  parameter int ScaleBits = 8,           // of a scale; 0: there are none
  localparam int ScaleWidth = (ScaleBits == 0) ? 1 : Scales * ScaleBits,
  localparam int IndexBits = (Beats == 1) ? 1 : $clog2(Beats)
) (
  input  logic                         clk_i,
  input  logic                         rst_i,
  input  logic [DataBits-1:0]          x_data_i,
  input  logic [ScaleWidth-1:0]        x_scale_i,
  input  logic                         x_valid_i,
  output logic                         x_ready_o,
  output logic                         row_valid_o,    // a whole row can be read
  input  logic                         row_done_i,     // its last read is in this cycle
  input  logic [IndexBits-1:0]         row_index_i,
  output logic [DataBits-1:0]          row_data_o,     // beat row_index_i, in the same cycle
  output logic [ScaleWidth-1:0]        row_scale_o,
  output logic [7:0]                   row_largest_o
);
  localparam int Last = Beats - 1;
  logic                 write_bank_q, read_bank_q, write, last;
  logic [1:0]           full_q;
  logic [IndexBits-1:0] write_index_q;

  assign x_ready_o = ~full_q[write_bank_q];
  assign write     = x_valid_i & x_ready_o;
  assign last      = write_index_q == Last[IndexBits-1:0];
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      write_bank_q  <= 1'b0;
      read_bank_q   <= 1'b0;
      write_index_q <= '0;
      full_q        <= 2'b00;
    end else begin
      if (row_done_i) begin
        full_q[read_bank_q] <= 1'b0;
        read_bank_q         <= ~read_bank_q;
      end
      if (write) begin
        write_index_q <= last ? '0 : write_index_q + 1'b1;
        if (last) begin
          full_q[write_bank_q] <= 1'b1;
          write_bank_q         <= ~write_bank_q;
        end
      end
    end
  end
  assign row_valid_o = full_q[read_bank_q];
  generate
    if (ScaleBits == 0) begin : g_no_scale
      logic unused;
      assign unused = ^x_scale_i;
      mase_lutram #(.Width(DataBits), .AddressBits(IndexBits + 1)) u_rows (
        .clk_i(clk_i), .write_i(write), .write_address_i({write_bank_q, write_index_q}), .write_data_i(x_data_i),
        .read_address_i({read_bank_q, row_index_i}), .read_data_o(row_data_o));
      assign row_scale_o   = '0;
      assign row_largest_o = '0;
    end else begin : g_scale
      logic [ScaleBits-1:0]   largest_q, largest_d;
      logic [2*ScaleBits-1:0] row_largest_q;
      logic [ScaleBits-1:0]   row_largest;
      always_comb begin
        largest_d = (write_index_q == '0) ? '0 : largest_q;
        for (int s = 0; s < Scales; s = s + 1)
          if (x_scale_i[s*ScaleBits +: ScaleBits] > largest_d) largest_d = x_scale_i[s*ScaleBits +: ScaleBits];
      end
      always_ff @(posedge clk_i) if (write) begin
        largest_q <= largest_d;
        if (write_bank_q) row_largest_q[2*ScaleBits-1:ScaleBits] <= largest_d;
        else row_largest_q[ScaleBits-1:0] <= largest_d;
      end
      mase_lutram #(.Width(DataBits + ScaleWidth), .AddressBits(IndexBits + 1)) u_rows (
        .clk_i(clk_i), .write_i(write), .write_address_i({write_bank_q, write_index_q}),
        .write_data_i({x_scale_i, x_data_i}),
        .read_address_i({read_bank_q, row_index_i}), .read_data_o({row_scale_o, row_data_o}));
      assign row_largest   = read_bank_q ? row_largest_q[2*ScaleBits-1:ScaleBits] : row_largest_q[ScaleBits-1:0];
      assign row_largest_o = 8'(row_largest);
    end
  endgenerate
endmodule
