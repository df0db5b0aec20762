// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/status_text.h"

#include "mase/rtl/deadlock.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

namespace mase {
namespace {

constexpr int64_t chainBits = 50; // of mase_channel_counters

int64_t contextOf(const Netlist &netlist) {
  for (const auto &[name, value] : netlist.instances.front().module.parameters)
    if (name == "Context")
      return std::stoll(value);
  return 1;
}

/// In which cycles a beat moves at least; 0: not known.
int64_t quietCycles(const Netlist &netlist) {
  const bool known = std::all_of(netlist.instances.begin(), netlist.instances.end(),
                                 [](const NetInstance &instance) { return instance.module.timing.isKnown(); });
  return known ? longestQuiet(netlist, contextOf(netlist)) : 0;
}

/// A concatenation, the first channel lowest, in lines of a readable width.
std::string concatenated(const std::vector<CountedNets> &channels, std::string CountedNets::*net) {
  std::string text, line;
  for (auto channel = channels.rbegin(); channel != channels.rend(); ++channel) {
    if (!line.empty() && line.size() + ((*channel).*net).size() > 100) {
      text += line + ",\n     ";
      line.clear();
    }
    line += (line.empty() ? "" : ", ") + (*channel).*net;
  }
  return text + line;
}

} // namespace

std::vector<KindPort> statusPorts(const Netlist &netlist) {
  const int64_t address = statusAddressBits(std::ssize(statusChannels(netlist)));
  return {{"s_axil_awaddr", address, true}, {"s_axil_awprot", 3, true},  {"s_axil_awvalid", 1, true},
          {"s_axil_awready", 1, false},     {"s_axil_wdata", 32, true},  {"s_axil_wstrb", 4, true},
          {"s_axil_wvalid", 1, true},       {"s_axil_wready", 1, false}, {"s_axil_bresp", 2, false},
          {"s_axil_bvalid", 1, false},      {"s_axil_bready", 1, true},  {"s_axil_araddr", address, true},
          {"s_axil_arprot", 3, true},       {"s_axil_arvalid", 1, true}, {"s_axil_arready", 1, false},
          {"s_axil_rdata", 32, false},      {"s_axil_rresp", 2, false},  {"s_axil_rvalid", 1, false},
          {"s_axil_rready", 1, true}};
}

std::string statusPortText(const Netlist &netlist) {
  std::string text;
  for (const KindPort &port : statusPorts(netlist))
    text += fmt::format("  {} logic {}{},\n", port.isInput ? "input " : "output",
                        port.bits == 1 ? "" : fmt::format("[{}:0] ", port.bits - 1), port.name);
  return text;
}

std::string statusInstance(const Netlist &netlist, const std::string &result, size_t nodes) {
  const HardwarePort &out = netlist.instances.back().module.results.at(0);
  const int64_t channels = std::ssize(statusChannels(netlist));
  std::string nets = "  logic status_count, status_clear;\n", ports;
  for (size_t node = 0; node <= nodes; ++node)
    nets += fmt::format("  logic [{}:0] status_chain_{};\n", chainBits - 1, node);
  for (const KindPort &port : statusPorts(netlist))
    ports += fmt::format(",{}.{}({})", ports.size() % 3 == 0 ? "\n    " : " ", port.name, port.name);
  return fmt::format(R"(
{}  mase_status #(.Channels({}), .CounterBits({}), .ResultBeats({}), .QuietCycles({}), .AddressBits({})) u_status (
    .clk_i(clk_i), .rst_i(rst_i){},
    .error_i(error_o), .token_valid_i(s_axis_tvalid), .token_ready_i(s_axis_tready),
    .result_valid_i({}_valid), .result_ready_i({}_ready),
    .count_o(status_count), .clear_o(status_clear), .chain_o(status_chain_0), .chain_i(status_chain_{})
);
)",
                     nets, channels, statusCounterBits, netlist.classifies ? out.features / out.tile : 1,
                     quietCycles(netlist), statusAddressBits(channels), ports, result, result, nodes);
}

std::string counterNode(size_t first, const std::vector<CountedNets> &channels, const std::string &count,
                        const std::string &clear, const std::string &chainIn, const std::string &chainOut) {
  return fmt::format(R"(
  mase_channel_counters #(.Channels({}), .First({}), .CounterBits({})) u_counters (
    .clk_i(clk_i), .rst_i(rst_i), .count_i({}), .clear_i({}),
    .offered_i({{{}}}),
    .room_i({{{}}}),
    .waiting_i({{{}}}),
    .ready_i({{{}}}),
    .chain_i({}), .chain_o({})
);
)",
                     channels.size(), first, statusCounterBits, count, clear,
                     concatenated(channels, &CountedNets::offered), concatenated(channels, &CountedNets::room),
                     concatenated(channels, &CountedNets::waiting), concatenated(channels, &CountedNets::ready),
                     chainIn, chainOut);
}

std::string counterPorts() {
  return fmt::format(",\n  input  logic status_count_i,\n  input  logic status_clear_i,\n  input  logic [{0}:0] "
                     "status_chain_i,\n  output logic [{0}:0] status_chain_o",
                     chainBits - 1);
}

std::string counterConnections(size_t node) {
  return fmt::format(",\n    .status_count_i(status_count), .status_clear_i(status_clear), "
                     ".status_chain_i(status_chain_{}), .status_chain_o(status_chain_{})",
                     node, node + 1);
}

} // namespace mase
