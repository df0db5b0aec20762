// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/external_text.h"

#include "mase/rtl/linear_files.h"

#include <bit>
#include <fmt/format.h>

namespace mase {
namespace {

const char *const baseParameter = "#(\n  parameter logic [63:0] Base = 64'h0 // of the image in the memory, a multiple "
                                  "of 4 KiB\n) ";

std::string range(int64_t bits) { return bits == 1 ? "" : fmt::format("[{}:0] ", bits - 1); }

const NetInstance &instanceOf(const Netlist &netlist, const ExternalRegion &region) {
  return netlist.instances[static_cast<size_t>(region.instance)];
}

std::string declaration(const KindPort &port) {
  return fmt::format("  {} logic {}{}", port.isInput ? "input " : "output", range(port.bits), port.name);
}

std::string wireConnections(const ExternalPort &port) {
  std::string text;
  for (const HardwareWire &wire : externalWires(port))
    if (wire.name.starts_with("m_axi_"))
      text += fmt::format(",\n    .{0}({0})", wire.name);
  return text;
}

} // namespace

std::vector<HardwareWire> externalWires(const ExternalPort &port) {
  return {{"m_axi_aresetn", 1, true},  {"m_axi_araddr", 64, false},
          {"m_axi_arlen", 8, false},   {"m_axi_arsize", 3, false},
          {"m_axi_arburst", 2, false}, {"m_axi_arcache", 4, false},
          {"m_axi_arprot", 3, false},  {"m_axi_arvalid", 1, false},
          {"m_axi_arready", 1, true},  {"m_axi_rdata", port.dataBits, true},
          {"m_axi_rresp", 2, true},    {"m_axi_rlast", 1, true},
          {"m_axi_rvalid", 1, true},   {"m_axi_rready", 1, false},
          {"memory_error_o", 1, false}};
}

std::string externalStream(const NetInstance &instance) {
  return fmt::format("{}_{}", moduleName(instance.name), instance.module.words->port);
}

std::vector<KindPort> externalPorts(const Netlist &netlist) {
  std::vector<KindPort> ports = {{"clk_i", 1, true}, {"rst_i", 1, true}};
  for (const HardwareWire &wire : externalWires(netlist.external))
    ports.push_back({wire.name, wire.bits, wire.isInput});
  for (int i : netlist.external.instances) {
    const NetInstance &instance = netlist.instances[static_cast<size_t>(i)];
    const std::string stream = externalStream(instance);
    ports.push_back({stream + "_data_o", instance.module.words->bits, false});
    ports.push_back({stream + "_valid_o", 1, false});
    ports.push_back({stream + "_ready_i", 1, true});
  }
  return ports;
}

std::string externalText(const Netlist &netlist) {
  const ExternalPort &port = netlist.external;
  const std::vector<ExternalRegion> regions = externalRegions(netlist);
  const int64_t linears = std::ssize(regions), burstBytes = port.burst * port.beatBytes();
  const int64_t bursts = imageBytes(regions, port) / burstBytes;
  const int64_t burstBits = std::max<int64_t>(1, std::bit_width(static_cast<uint64_t>(bursts - 1)));
  std::string ports, body;
  for (const KindPort &own : externalPorts(netlist))
    ports += (ports.empty() ? "" : ",\n") + declaration(own);
  for (int64_t i = 0; i < linears; ++i) {
    const ExternalRegion &region = regions[static_cast<size_t>(i)];
    const std::string stream = externalStream(instanceOf(netlist, region));
    body += fmt::format(R"(
  mase_external_words #(
    .Width({0}), .Words({1}), .LowBits({2}), .DataBits({3}), .Burst({4}), .Depth({5}), .First({6}),
    .BurstBits({7})) u_{8} ( // {9} beats from byte {10:x} of the image
    .clk_i(clk_i), .rst_i(rst_i), .want_o(want[{11}]), .burst_o(burst[{12}:{13}]), .length_o(length[{14}:{15}]),
    .grant_i(grant[{11}]), .r_data_i(r_data), .r_valid_i(r_valid[{11}]),
    .w_data_o({8}_data_o), .w_valid_o({8}_valid_o), .w_ready_i({8}_ready_i));
)",
                        region.packing.wordBits, region.words, region.packing.lowBits, port.dataBits, port.burst,
                        port.depth, region.base / burstBytes, burstBits, stream, region.beats, region.base, i,
                        (i + 1) * burstBits - 1, i * burstBits, i * 8 + 7, i * 8);
  }
  return fmt::format(R"(// {0}
// Weights of {1} linears out of an external memory.
module {2} {3}(
{4}
);
  logic [{5}:0] want, grant, r_valid;
  logic [{6}:0] burst;
  logic [{7}:0] length;
  logic [{8}:0] r_data;
  mase_external_port #(
    .Linears({1}), .DataBits({9}), .Burst({10}), .BurstBits({11}), .Outstanding({12}), .Base(Base)) u_port (
    .clk_i(clk_i), .rst_i(rst_i), .want_i(want), .burst_i(burst), .length_i(length), .grant_o(grant),
    .r_data_o(r_data), .r_valid_o(r_valid), .error_o(memory_error_o){13});
{14}endmodule
)",
                     noRestriction, linears, port.module, baseParameter, ports, linears - 1, linears * burstBits - 1,
                     linears * 8 - 1, port.dataBits - 1, port.dataBits, port.burst, burstBits, port.outstanding,
                     wireConnections(port), body);
}

ExternalTop externalTop(const Netlist &netlist) {
  if (netlist.external.instances.empty())
    return {};
  ExternalTop top = {baseParameter, "", ""};
  for (const HardwareWire &wire : externalWires(netlist.external))
    top.ports += declaration({wire.name, wire.bits, wire.isInput}) + ",\n";
  std::string nets, connections = wireConnections(netlist.external) + ",\n    .memory_error_o(memory_error_o)";
  for (int i : netlist.external.instances) {
    const NetInstance &instance = netlist.instances[static_cast<size_t>(i)];
    const std::string stream = externalStream(instance);
    nets += fmt::format("  logic {1}{0}_data;\n  logic {0}_valid, {0}_ready;\n", stream,
                        range(instance.module.words->bits));
    connections +=
        fmt::format(",\n    .{0}_data_o({0}_data), .{0}_valid_o({0}_valid), .{0}_ready_i({0}_ready)", stream);
  }
  top.body = fmt::format("\n{}  {} #(.Base(Base)) u_external (\n    .clk_i(clk_i), .rst_i(rst_i){});\n", nets,
                         netlist.external.module, connections);
  return top;
}

} // namespace mase
