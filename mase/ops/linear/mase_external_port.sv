// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An AXI4 read master that serves several mase_external_words: a burst to each in turn that has room for one. One
// transaction ID, so read data come in the order of the addresses ("Read ordering"). (streams.md S15)
//
// Rules are those of AMBA AXI4, Arm IHI 0022, named by their sections: "Handshake process", "Dependencies between
// channel handshake signals", "Address structure", "Read data channel", "Read and write response structure", "Reset".
module mase_external_port #(
  parameter int Linears = 2,
  parameter int DataBits = 128,          // of a beat: 64, 128, 256 or 512
  parameter int Burst = 16,              // beats of a full one; with DataBits at most 4 KiB ("Address structure")
  parameter int BurstBits = 20,          // of a number of a burst
  parameter int Outstanding = 8,         // bursts asked for that have not come, at least 2
  parameter logic [63:0] Base = 64'h0    // of the image in the memory, a multiple of 4 KiB
) (
  input  logic                         clk_i,
  input  logic                         rst_i,         // synchronous, active high; at any time
  input  logic [Linears-1:0]           want_i,
  input  logic [Linears*BurstBits-1:0] burst_i,
  input  logic [Linears*8-1:0]         length_i,
  output logic [Linears-1:0]           grant_o,
  output logic [DataBits-1:0]          r_data_o,
  output logic [Linears-1:0]           r_valid_o,
  output logic                         error_o,       // a beat came with an error; until reset
  input  logic                         m_axi_aresetn, // the interface's; low only while rst_i is high
  output logic [63:0]                  m_axi_araddr,
  output logic [7:0]                   m_axi_arlen,
  output logic [2:0]                   m_axi_arsize,
  output logic [1:0]                   m_axi_arburst,
  output logic [3:0]                   m_axi_arcache,
  output logic [2:0]                   m_axi_arprot,
  output logic                         m_axi_arvalid,
  input  logic                         m_axi_arready,
  input  logic [DataBits-1:0]          m_axi_rdata,
  input  logic [1:0]                   m_axi_rresp,
  input  logic                         m_axi_rlast,
  input  logic                         m_axi_rvalid,
  output logic                         m_axi_rready
);
  localparam int ByteBits = $clog2(DataBits / 8);
  localparam int AlignBits = ByteBits + $clog2(Burst);
  localparam int IndexBits = (Linears == 1) ? 1 : $clog2(Linears);
  localparam int CountBits = $clog2(Outstanding + 3);

  // Who is next: the first at or behind the last one's successor that wants a burst.
  logic [Linears-1:0] grant_q, passed_q, later, pick;
  logic               grant_valid_q, move, drain_q, order_ready;
  assign later = want_i & ~passed_q;
  assign pick  = (later != '0) ? later & (~later + 1'b1) : want_i & (~want_i + 1'b1);
  assign grant_o = move ? grant_q : '0;
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      grant_valid_q <= 1'b0;
      passed_q      <= '0;
    end else if (move) begin
      grant_valid_q <= 1'b0;
      passed_q      <= grant_q | (grant_q - 1'b1);
    end else if (~grant_valid_q) begin
      grant_valid_q <= want_i != '0 && !drain_q;
    end
    if (~grant_valid_q) grant_q <= pick;
  end
  localparam int ChoiceBits = BurstBits + 8 + IndexBits;
  logic [ChoiceBits-1:0] choice;
  logic [BurstBits-1:0]  burst;
  logic [7:0]            length;
  logic [IndexBits-1:0]  index;
  generate
    for (genvar i = 0; i < Linears; i = i + 1) begin : g_offer
      logic [ChoiceBits-1:0] offer;
      assign offer = {burst_i[i*BurstBits +: BurstBits], length_i[i*8 +: 8], i[IndexBits-1:0]} & {ChoiceBits{grant_q[i]}};
    end
    for (genvar b = 0; b < ChoiceBits; b = b + 1) begin : g_choice
      logic [Linears-1:0] offered;
      for (genvar i = 0; i < Linears; i = i + 1) begin : g_of
        assign offered[i] = g_offer[i].offer[b];
      end
      assign choice[b] = |offered;
    end
  endgenerate
  assign {burst, length, index} = choice;

  // The address channel. Once valid it stays until it is taken, a reset of this hardware alone included ("Handshake
  // process"); after that of the interface it is low ("Reset"). Bursts lie on multiples of their full size, none
  // crosses 4 KiB.
  logic [63:0] address_q;
  logic [7:0]  length_q;
  logic        address_valid_q;
  assign move = grant_valid_q & (~address_valid_q | m_axi_arready) & order_ready & ~rst_i;
  always_ff @(posedge clk_i) begin
    if (!m_axi_aresetn) address_valid_q <= 1'b0;
    else if (move) address_valid_q <= 1'b1;
    else if (m_axi_arready) address_valid_q <= 1'b0;
    if (move) begin
      address_q <= Base + (64'(burst) << AlignBits);
      length_q  <= length;
    end
  end
  assign m_axi_araddr  = address_q;
  assign m_axi_arlen   = length_q;
  assign m_axi_arsize  = ByteBits[2:0];
  assign m_axi_arburst = 2'b01;          // INCR
  assign m_axi_arcache = 4'b0011;        // normal memory, not cacheable, bufferable
  assign m_axi_arprot  = 3'b000;         // data, secure, unprivileged
  assign m_axi_arvalid = address_valid_q;

  // The data channel. All beats have room, so ready need not wait for anything ("Dependencies between channel
  // handshake signals" allows that).
  logic [DataBits-1:0] data_q;
  logic                data_valid_q, last_q, bad_q, done, error_q;
  assign m_axi_rready = 1'b1;
  always_ff @(posedge clk_i) begin
    data_valid_q <= m_axi_rvalid & m_axi_aresetn;
    last_q       <= m_axi_rlast;
    bad_q        <= m_axi_rresp != 2'b00;  // anything but OKAY
    data_q       <= m_axi_rdata;
  end
  assign done = data_valid_q & last_q;

  // Whose the beats are, burst by burst.
  logic [IndexBits-1:0] owner;
  logic                 owner_valid;
  mase_row_fifo #(.Width(IndexBits), .Depth(Outstanding)) u_order (
    .clk_i(clk_i), .rst_i(rst_i), .x_data_i(index), .x_valid_i(move), .x_ready_o(order_ready),
    .y_data_o(owner), .y_valid_o(owner_valid), .y_ready_i(done & ~drain_q));

  // Bursts that are asked for survive a reset: their beats come, and are dropped, before the first new one is asked
  // for. Only the interface's reset forgets them.
  logic [CountBits-1:0] count_q;
  always_ff @(posedge clk_i) begin
    if (!m_axi_aresetn) count_q <= '0;
    else count_q <= count_q + CountBits'(move) - CountBits'(done);
    drain_q <= rst_i | (drain_q & (count_q != '0));
    if (rst_i) error_q <= 1'b0;
    else if (data_valid_q & bad_q & ~drain_q) error_q <= 1'b1;
  end
  assign r_data_o = data_q;
  assign error_o  = error_q;
  generate
    for (genvar i = 0; i < Linears; i = i + 1) begin : g_linear
      assign r_valid_o[i] = data_valid_q & owner_valid & ~drain_q & (owner == i[IndexBits-1:0]);
    end
  endgenerate
endmodule
