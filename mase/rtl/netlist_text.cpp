// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/netlist_text.h"

#include "mase/rtl/linear_files.h"

#include <fmt/format.h>

namespace mase {
namespace {

std::string range(int64_t bits) { return fmt::format("{:<8}", bits == 1 ? "" : fmt::format("[{}:0]", bits - 1)); }

void addStream(std::vector<KindPort> &ports, const std::string &name, int64_t bits, bool isInput) {
  const char *with = isInput ? "i" : "o", *against = isInput ? "o" : "i";
  ports.push_back({fmt::format("{}_data_{}", name, with), bits, isInput});
  ports.push_back({fmt::format("{}_valid_{}", name, with), 1, isInput});
  ports.push_back({fmt::format("{}_ready_{}", name, against), 1, !isInput});
}

/// How the library's module takes a stream of the kind's.
std::string connection(const HardwarePort &port, bool isInput, std::string &wires) {
  const char *with = isInput ? "i" : "o", *against = isInput ? "o" : "i";
  const std::string beat = fmt::format("{}_data_{}", port.name, with);
  if (port.isAxis && !isInput)
    return fmt::format("\n    .{0}_tdata({1}), .{0}_tvalid({0}_valid_o), .{0}_tready({0}_ready_i),", port.name, beat);
  if (port.isAxis) {
    const int64_t last = port.dataBits - 1;
    return fmt::format("\n    .{0}_tdata({1}[{2}:0]), .{0}_tuser({1}[{3}]), .{0}_tlast({1}[{4}]), "
                       ".{0}_tvalid({0}_valid_i),\n    .{0}_tready({0}_ready_o),",
                       port.name, beat, last - 2, last - 1, last);
  }
  std::string text =
      fmt::format("\n    .{0}({0}{1}), .{2}_valid_{3}({2}_valid_{3}), .{2}_ready_{4}({2}_ready_{4}),", beat,
                  port.scaleBits > 0 ? fmt::format("[{}:0]", port.dataBits - 1) : "", port.name, with, against);
  if (port.scaleBits == 0 && !port.scalePort)
    return text;
  if (port.scaleBits > 0)
    text += fmt::format(" .{}_scale_{}({}[{}:{}]),", port.name, with, beat, port.bits() - 1, port.dataBits);
  else if (isInput)
    text += fmt::format(" .{}_scale_i(1'b0),", port.name);
  else {
    wires += fmt::format("  logic unused_{}_scale;\n", port.name);
    text += fmt::format(" .{0}_scale_o(unused_{0}_scale),", port.name);
  }
  return text;
}

} // namespace

std::vector<KindPort> kindPorts(const HardwareModule &kind) {
  std::vector<KindPort> ports = {{"clk_i", 1, true}, {"rst_i", 1, true}};
  for (const HardwarePort &port : kind.operands)
    addStream(ports, port.name, port.bits(), true);
  for (const HardwareControl &control : kind.control)
    addStream(ports, control.port.name, control.port.bits(), true);
  for (const HardwarePort &port : kind.results)
    addStream(ports, port.name, port.bits(), false);
  if (kind.words)
    addStream(ports, kind.words->port, kind.words->bits, true);
  if (kind.gives)
    addStream(ports, kind.gives->port, kind.gives->bits, false);
  for (const HardwareConstant &constant : kind.constants)
    ports.push_back({constant.port, constant.bits, true});
  for (const std::string &flag : kind.flags)
    ports.push_back({flag, 1, false});
  for (const HardwareWire &wire : kind.wires)
    ports.push_back({wire.name, wire.bits, wire.isInput});
  for (const HardwareOutput &output : kind.observed)
    ports.push_back({output.port, output.bits, false});
  return ports;
}

std::string memoryFile(const HardwareModule &kind) { return fmt::format("weights/{}.hex", kind.kind); }

std::string kindText(const HardwareModule &kind) {
  std::string ports, parameters, wires, connections;
  for (const KindPort &port : kindPorts(kind))
    ports += fmt::format("{}  {} logic {}{}", ports.empty() ? "" : ",\n", port.isInput ? "input " : "output",
                         range(port.bits), port.name);
  for (const auto &[name, value] : kind.parameters)
    parameters += fmt::format("{}.{}({})", parameters.empty() ? "" : ", ", name, value);
  if (kind.file)
    parameters += fmt::format(", .{0}({0})", kind.file->parameter);
  for (const HardwarePort &port : kind.operands)
    connections += connection(port, true, wires);
  for (const HardwareControl &control : kind.control)
    connections += connection(control.port, true, wires);
  for (const HardwarePort &port : kind.results)
    connections += connection(port, false, wires);
  if (kind.words)
    connections += fmt::format("\n    .{0}_data_i({0}_data_i), .{0}_valid_i({0}_valid_i), .{0}_ready_o({0}_ready_o),",
                               kind.words->port);
  if (kind.gives)
    connections += fmt::format("\n    .{0}_data_o({0}_data_o), .{0}_valid_o({0}_valid_o), .{0}_ready_i({0}_ready_i),",
                               kind.gives->port);
  for (const std::string &flag : kind.flags)
    connections += fmt::format("\n    .{0}({0}),", flag);
  for (const HardwareOutput &output : kind.observed)
    connections += fmt::format("\n    .{0}({0}),", output.port);
  for (const HardwareConstant &constant : kind.constants)
    connections += fmt::format("\n    .{0}({0}),", constant.port);
  for (const HardwareWire &wire : kind.wires)
    connections += fmt::format("\n    .{0}({0}),", wire.name);
  const std::string file =
      kind.file ? fmt::format("#(\n  parameter {} = \"{}\"\n) ", kind.file->parameter, memoryFile(kind)) : "";
  const std::string literal = parameters.empty() ? "" : fmt::format("#(\n    {}) ", parameters);
  const std::string own = kind.module.starts_with("mase_") ? kind.module.substr(5) : kind.module;
  return fmt::format(
      "// {}\nmodule {} {}(\n{}\n);\n{}  {} {}u_{} (\n    .clk_i(clk_i), .rst_i(rst_i),{});\nendmodule\n",
      noRestriction, kind.kind, file, ports, wires, kind.module, literal, own,
      connections.substr(0, connections.size() - 1));
}

} // namespace mase
