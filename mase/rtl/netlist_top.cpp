// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/netlist_top.h"

#include "mase/rtl/linear_files.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace mase {
namespace {

std::string range(int64_t bits) { return bits == 1 ? "" : fmt::format("[{}:0] ", bits - 1); }
std::string bytes(int64_t bits) { return range((bits + 7) / 8 * 8); }

/// The nets of a stream: `<net>_data`, `<net>_valid`, `<net>_ready`.
std::string declared(const std::string &net, int64_t bits) {
  return fmt::format("  logic {1}{0}_data;\n  logic {0}_valid, {0}_ready;\n", net, range(bits));
}

class Writer {
public:
  Writer(const Netlist &netlist, const std::string &name) : netlist_(netlist), name_(name) {
    for (const NetChannel &channel : netlist.channels)
      readers_[{channel.from, channel.output}].push_back(&channel);
    for (const NetInstance &instance : netlist.instances)
      names_.push_back(moduleName(instance.name));
  }

  std::string text() const {
    std::string body;
    for (size_t i = 0; i < netlist_.instances.size(); ++i)
      body += instanceText(static_cast<int>(i));
    const HardwarePort &in = netlist_.instances.front().module.operands.at(0);
    const HardwarePort &out = netlist_.instances.back().module.results.at(0);
    return fmt::format(R"(// {0}
module {1} (
  input  logic clk_i,
  input  logic rst_i,         // synchronous, active high
  input  logic {2}s_axis_tdata,  // a token's id
  input  logic s_axis_tuser,  // the next token after it is asked for
  input  logic s_axis_tlast,  // its sequence ends
  input  logic s_axis_tvalid,
  output logic s_axis_tready,
  output logic {3}m_axis_tdata,  // the most likely next token
  output logic m_axis_tvalid,
  input  logic m_axis_tready,
  output logic error_o        // a token was swallowed: the context is full, or no such id; until reset
);
{4}
  assign m_axis_tdata = {5}'({6}_data);
  assign m_axis_tvalid = {6}_valid;
  assign {6}_ready = m_axis_tready;
endmodule
)",
                       noRestriction, name_, range(in.dataBits - 2), bytes(out.dataBits), body,
                       (out.dataBits + 7) / 8 * 8, outputNet(static_cast<int>(netlist_.instances.size()) - 1, 0));
  }

private:
  std::string outputNet(int instance, size_t output) const {
    const HardwareModule &module = netlist_.instances[static_cast<size_t>(instance)].module;
    const bool isRead = readers_.count({instance, output}) > 0 || isResult(instance);
    return fmt::format("{}{}_{}", isRead ? "" : "unused_", names_[static_cast<size_t>(instance)],
                       module.results[output].name);
  }
  bool isResult(int instance) const { return instance + 1 == static_cast<int>(netlist_.instances.size()); }
  std::string inputNet(int instance, size_t input) const {
    const NetInstance &to = netlist_.instances[static_cast<size_t>(instance)];
    return fmt::format("{}_{}", names_[static_cast<size_t>(instance)], to.input(input).name);
  }
  const NetChannel *channelTo(int instance, size_t input) const {
    for (const NetChannel &channel : netlist_.channels)
      if (channel.to == instance && channel.input == input)
        return &channel;
    return nullptr;
  }

  std::string instanceText(int index) const {
    const NetInstance &instance = netlist_.instances[static_cast<size_t>(index)];
    const HardwareModule &module = instance.module;
    const std::string &name = names_[static_cast<size_t>(index)];
    std::string nets, connections = "    .clk_i(clk_i), .rst_i(rst_i)";
    const auto connect = [&](const std::string &port, bool isInput, const std::string &net) {
      const char *with = isInput ? "i" : "o", *against = isInput ? "o" : "i";
      connections += fmt::format(",\n    .{0}_data_{1}({3}_data), .{0}_valid_{1}({3}_valid), .{0}_ready_{2}({3}_ready)",
                                 port, with, against, net);
    };
    for (size_t k = 0; k < instance.inputs(); ++k) {
      const HardwarePort &port = instance.input(k);
      const NetChannel *channel = channelTo(index, k);
      if (port.isAxis)
        connections += fmt::format(",\n    .{0}_data_i({{s_axis_tlast, s_axis_tuser, s_axis_tdata}}), "
                                   ".{0}_valid_i(s_axis_tvalid), .{0}_ready_o(s_axis_tready)",
                                   port.name);
      else
        connect(port.name, true, channel->depth == 0 ? outputNet(channel->from, channel->output) : inputNet(index, k));
    }
    for (size_t o = 0; o < module.results.size(); ++o) {
      const std::string net = outputNet(index, o);
      nets += declared(net, module.results[o].bits());
      connect(module.results[o].name, false, net);
    }
    std::string beside = fifos(index, nets);
    if (module.words) {
      nets += declared(name + "_w", module.words->bits);
      connect(module.words->port, true, name + "_w");
      beside += fmt::format("  mase_weight_memory #(.Width({0}), .Depth({1}), .File(\"{2}\")) u_{3}_weights (\n    "
                            ".clk_i(clk_i), .rst_i(rst_i), .w_data_o({3}_w_data), .w_valid_o({3}_w_valid), "
                            ".w_ready_i({3}_w_ready));\n",
                            module.words->bits, module.words->words.size(), wordsFile(instance), name);
    }
    for (const HardwareConstant &constant : module.constants)
      connections += fmt::format(",\n    .{}({}'d{})", constant.port, constant.bits,
                                 constant.value & ((int64_t{1} << constant.bits) - 1));
    for (const std::string &flag : module.flags)
      connections += fmt::format(",\n    .{0}({0})", flag);
    return fmt::format("\n{}  {} u_{} (\n{});\n{}", nets, module.kind, name, connections, beside);
  }

  /// What is behind an instance's outputs: a FIFO for each reader that has one. A beat of several readers moves when
  /// all have room.
  std::string fifos(int index, std::string &nets) const {
    std::string text;
    const HardwareModule &module = netlist_.instances[static_cast<size_t>(index)].module;
    for (size_t o = 0; o < module.results.size(); ++o) {
      const auto found = readers_.find({index, o});
      const std::string from = outputNet(index, o);
      if (found == readers_.end()) {
        if (!isResult(index))
          text += fmt::format("  assign {}_ready = 1'b1;\n", from); // nobody reads it
        continue;
      }
      std::vector<std::string> room;
      for (const NetChannel *channel : found->second)
        if (channel->depth > 0)
          room.push_back(inputNet(channel->to, channel->input) + "_room");
      if (room.empty())
        continue;
      nets += fmt::format("  logic {};\n", fmt::join(room, ", "));
      text += fmt::format("  assign {}_ready = {};\n", from, fmt::join(room, " & "));
      for (const NetChannel *channel : found->second) {
        const std::string to = inputNet(channel->to, channel->input);
        nets += declared(to, module.results[o].bits());
        std::string others;
        for (const std::string &other : room)
          if (other != to + "_room")
            others += " & " + other;
        text += fmt::format("  mase_row_fifo #(.Width({0}), .Depth({1})) u_{2}_fifo (\n    .clk_i(clk_i), "
                            ".rst_i(rst_i), .x_data_i({3}_data), .x_valid_i({3}_valid{4}), .x_ready_o({2}_room),\n    "
                            ".y_data_o({2}_data), .y_valid_o({2}_valid), .y_ready_i({2}_ready));\n",
                            module.results[o].bits(), channel->depth, to, from, others);
      }
    }
    return text;
  }

  const Netlist &netlist_;
  const std::string &name_;
  std::map<std::pair<int, size_t>, std::vector<const NetChannel *>> readers_;
  std::vector<std::string> names_;
};

} // namespace

std::string wordsFile(const NetInstance &instance) { return fmt::format("weights/{}.hex", moduleName(instance.name)); }

std::string topText(const Netlist &netlist, const std::string &name) { return Writer(netlist, name).text(); }

HardwareModule topModule(const Netlist &netlist, const std::string &name) {
  HardwareModule top;
  top.module = name;
  top.kind = name + "_alone";
  top.operands = {netlist.instances.front().module.operands.at(0)};
  top.operands[0].name = "s_axis";
  HardwarePort next = netlist.instances.back().module.results.at(0);
  next.name = "m_axis";
  next.dataBits = (next.dataBits + 7) / 8 * 8;
  next.isAxis = true;
  top.results = {next};
  top.flags = {"error_o"};
  return top;
}

} // namespace mase
