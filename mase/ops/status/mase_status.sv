// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The registers of a design: what it is, its state, its counters and those of its channels, as an AXI4-Lite subordinate
// (AMBA AXI Protocol Specification, IHI 0022: one transaction at a time, 32-bit data, whole words). Every output is a
// register. What is no register is answered with SLVERR; the one that can be written is control. Counters of channels
// are read through a chain of mase_channel_counters, each read in so many cycles as these have events and nodes.
// (streams.md S16)
module mase_status #(
  parameter int Channels = 4,
  parameter int CounterBits = 32,        // of a channel's counters
  parameter int ResultBeats = 1,         // beats of a result
  parameter int QuietCycles = 0,         // a design that runs moves a beat in these; 0: not known
  parameter int AddressBits = 9,         // 256 + 16 * Channels bytes
  localparam int ChainBits = 50          // of mase_channel_counters
) (
  input  logic                   clk_i,
  input  logic                   rst_i,  // synchronous, active high
  input  logic [AddressBits-1:0] s_axil_awaddr,
  input  logic [2:0]             s_axil_awprot,
  input  logic                   s_axil_awvalid,
  output logic                   s_axil_awready,
  input  logic [31:0]            s_axil_wdata,
  input  logic [3:0]             s_axil_wstrb,
  input  logic                   s_axil_wvalid,
  output logic                   s_axil_wready,
  output logic [1:0]             s_axil_bresp,
  output logic                   s_axil_bvalid,
  input  logic                   s_axil_bready,
  input  logic [AddressBits-1:0] s_axil_araddr,
  input  logic [2:0]             s_axil_arprot,
  input  logic                   s_axil_arvalid,
  output logic                   s_axil_arready,
  output logic [31:0]            s_axil_rdata,
  output logic [1:0]             s_axil_rresp,
  output logic                   s_axil_rvalid,
  input  logic                   s_axil_rready,
  input  logic                   error_i,          // of mase_control
  input  logic                   token_valid_i,    // the design's own streams
  input  logic                   token_ready_i,
  input  logic                   result_valid_i,
  input  logic                   result_ready_i,
  output logic                   count_o,          // to all nodes
  output logic                   clear_o,
  output logic [ChainBits-1:0]   chain_o,          // to the first node
  input  logic [ChainBits-1:0]   chain_i           // from the last one
);
  localparam logic [1:0] Okay = 2'b00;
  localparam logic [1:0] Error = 2'b10;            // SLVERR
  localparam logic [AddressBits-3:0] Control = 5;  // of words
  logic unused;
  assign unused = ^{s_axil_awprot, s_axil_arprot, s_axil_awaddr[1:0], s_axil_araddr[1:0], s_axil_wdata[31:2],
                    s_axil_wstrb[3:1], chain_i[47:32]};

  // Writes: address and data in any order, then the answer.
  logic [AddressBits-3:0] write_address_q;
  logic [1:0]             write_data_q;
  logic                   write_q, clear_q, freeze_q, address_here_q, data_here_q, response_q, awready_q, wready_q;
  logic [1:0]             bresp_q;
  assign s_axil_awready = awready_q;
  assign s_axil_wready  = wready_q;
  assign s_axil_bvalid  = response_q;
  assign s_axil_bresp   = bresp_q;
  assign count_o        = ~freeze_q;
  assign clear_o        = clear_q;
  always_ff @(posedge clk_i) begin
    clear_q <= 1'b0;
    if (rst_i) begin
      awready_q      <= 1'b0;
      wready_q       <= 1'b0;
      address_here_q <= 1'b0;
      data_here_q    <= 1'b0;
      response_q     <= 1'b0;
      freeze_q       <= 1'b0;
    end else begin
      awready_q <= ~address_here_q & ~response_q & ~(s_axil_awvalid & awready_q);
      wready_q  <= ~data_here_q & ~response_q & ~(s_axil_wvalid & wready_q);
      if (s_axil_awvalid & awready_q) address_here_q <= 1'b1;
      if (s_axil_wvalid & wready_q) data_here_q <= 1'b1;
      if (address_here_q & data_here_q) begin
        address_here_q <= 1'b0;
        data_here_q    <= 1'b0;
        response_q     <= 1'b1;
        bresp_q        <= (write_address_q == Control) ? Okay : Error;
        if (write_address_q == Control && write_q) {freeze_q, clear_q} <= write_data_q;
      end
      if (response_q & s_axil_bready) response_q <= 1'b0;
    end
    if (s_axil_awvalid & awready_q) write_address_q <= s_axil_awaddr[AddressBits-1:2];
    if (s_axil_wvalid & wready_q) {write_q, write_data_q} <= {s_axil_wstrb[0], s_axil_wdata[1:0]};
  end

  // The design's own counters. A cycle and what happens in it count together.
  localparam int BeatBits = (ResultBeats == 1) ? 1 : $clog2(ResultBeats);
  localparam int LastBeat = ResultBeats - 1;
  logic [63:0]         cycles_q;
  logic [31:0]         tokens_q, results_q, quiet_q;
  logic [BeatBits-1:0] beat_q;
  logic                result;
  assign result = result_valid_i & result_ready_i;
  always_ff @(posedge clk_i) begin
    if (rst_i | clear_q) begin
      cycles_q  <= '0;
      tokens_q  <= '0;
      results_q <= '0;
    end else if (~freeze_q) begin
      cycles_q <= cycles_q + 64'd1;
      if (token_valid_i & token_ready_i & ~&tokens_q) tokens_q <= tokens_q + 32'd1;
      if (result && beat_q == LastBeat[BeatBits-1:0] && ~&results_q) results_q <= results_q + 32'd1;
    end
    if (rst_i) beat_q <= '0;
    else if (result) beat_q <= (beat_q == LastBeat[BeatBits-1:0]) ? '0 : beat_q + 1'b1;
    if (rst_i) quiet_q <= '1;                      // nothing has moved yet
    else if (chain_i[49]) quiet_q <= '0;
    else if (~&quiet_q) quiet_q <= quiet_q + 32'd1;
  end
  logic error_q, input_q, output_q, busy_q;
  always_ff @(posedge clk_i) begin
    error_q  <= error_i;
    busy_q   <= {1'b0, quiet_q} + 33'd1 <= 33'(QuietCycles);
    input_q  <= token_valid_i & ~token_ready_i;
    output_q <= result_valid_i & ~result_ready_i;
  end

  // Reads: registers below 256 at once, counters of channels by the chain.
  logic [AddressBits-3:0] read_address_q;
  logic [31:0]            low, high_q, data_d, data_q;
  logic                   arready_q, decode_q, request_q, valid_q, known, is_counter, in_range;
  logic [1:0]             rresp_q;
  logic [15:0]            word;
  logic [13:0]            channel;
  assign word       = 16'(read_address_q);
  assign channel    = word[15:2] - 14'd16;
  assign is_counter = |word[15:6];
  assign low        = cycles_q[31:0];
  assign in_range   = channel < 14'(Channels);
  assign chain_o    = {1'b0, request_q, channel, word[1:0], 32'd0};
  always_comb begin
    known  = 1'b1;
    data_d = '0;
    case (word)
      16'd0:   data_d = 32'h4D415345;               // "MASE"
      16'd1:   data_d = {8'd3, 8'(CounterBits), 16'd1};
      16'd2:   data_d = 32'(Channels);
      16'd3:   data_d = 32'(QuietCycles);
      16'd4:   data_d = {27'd0, freeze_q, output_q, input_q, busy_q, error_q};
      16'd5:   data_d = {30'd0, freeze_q, 1'b0};
      16'd6:   data_d = low;
      16'd7:   data_d = high_q;
      16'd8:   data_d = tokens_q;
      16'd9:   data_d = results_q;
      16'd10:  data_d = quiet_q;
      default: known = 1'b0;
    endcase
  end
  assign s_axil_arready = arready_q;
  assign s_axil_rvalid  = valid_q;
  assign s_axil_rdata   = data_q;
  assign s_axil_rresp   = rresp_q;
  logic idle_q;
  always_ff @(posedge clk_i) begin
    if (rst_i) begin
      idle_q    <= 1'b1;
      arready_q <= 1'b0;
      decode_q  <= 1'b0;
      request_q <= 1'b0;
      valid_q   <= 1'b0;
      high_q    <= '0;
    end else begin
      arready_q <= idle_q & ~(s_axil_arvalid & arready_q);
      decode_q  <= s_axil_arvalid & arready_q;
      request_q <= decode_q & is_counter & in_range;
      if (s_axil_arvalid & arready_q) idle_q <= 1'b0;
      if (decode_q & ~(is_counter & in_range)) valid_q <= 1'b1;
      if (chain_i[48]) valid_q <= 1'b1;
      if (valid_q & s_axil_rready) {valid_q, idle_q} <= 2'b01;
      if (decode_q && !is_counter && word == 16'd6) high_q <= cycles_q[63:32];
    end
    if (s_axil_arvalid & arready_q) read_address_q <= s_axil_araddr[AddressBits-1:2];
    if (decode_q) begin
      data_q  <= (is_counter || !known) ? '0 : data_d;
      rresp_q <= (is_counter ? in_range : known) ? Okay : Error;
    end
    if (chain_i[48]) data_q <= chain_i[31:0];
  end
endmodule
