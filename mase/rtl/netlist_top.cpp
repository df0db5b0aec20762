// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/netlist_top.h"

#include "mase/rtl/external_text.h"
#include "mase/rtl/linear_files.h"
#include "mase/rtl/netlist_layers.h"
#include "mase/rtl/status_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace mase {
namespace {

std::string range(int64_t bits) { return bits == 1 ? "" : fmt::format("[{}:0] ", bits - 1); }
/// Of the result's AXI4-Stream, each element in whole bytes.
int64_t axisBits(const HardwarePort &port) { return port.tile * ((port.dataBits / port.tile + 7) / 8 * 8); }

/// The nets of a stream: `<net>_data`, `<net>_valid`, `<net>_ready`.
std::string declared(const std::string &net, int64_t bits) {
  return fmt::format("  logic {1}{0}_data;\n  logic {0}_valid, {0}_ready;\n", net, range(bits));
}

/// Port connections of a stream.
std::string connected(const std::string &port, bool isInput, const std::string &net) {
  const char *with = isInput ? "i" : "o", *against = isInput ? "o" : "i";
  return fmt::format(",\n    .{0}_data_{1}({3}_data), .{0}_valid_{1}({3}_valid), .{0}_ready_{2}({3}_ready)", port, with,
                     against, net);
}

std::string streamPorts(const std::string &name, int64_t bits, bool isInput) {
  const char *in = isInput ? "input " : "output", *out = isInput ? "output" : "input ", *with = isInput ? "i" : "o",
             *against = isInput ? "o" : "i";
  return fmt::format(",\n  {1} logic {5}{0}_data_{3},\n  {1} logic {0}_valid_{3},\n  {2} logic {0}_ready_{4}", name, in,
                     out, with, against, range(bits));
}

/// Terms with an operator between them, in lines of a readable width.
std::string wrapped(const std::vector<std::string> &terms, const std::string &between) {
  std::string text, line;
  for (const std::string &term : terms) {
    if (line.size() + term.size() > 100) {
      text += line + "\n     ";
      line.clear();
    }
    line += (text.empty() && line.empty() ? "" : between) + term;
  }
  return text + line;
}

class Writer {
public:
  Writer(const Netlist &netlist, std::string name)
      : netlist_(netlist), name_(std::move(name)), order_(layersOf(netlist)) {
    for (const NetChannel &channel : netlist.channels) {
      readers_[{channel.from, channel.output}].push_back(&channel);
      feeds_[{channel.to, channel.input}] = &channel;
    }
    for (const NetInstance &instance : netlist.instances)
      layers_.push_back(layerOf(instance.name));
  }

  std::vector<ModuleText> texts() const {
    std::vector<ModuleText> result;
    for (const std::string &layer : order_)
      result.push_back({layerModule(layer), layerText(layer)});
    if (!netlist_.external.instances.empty())
      result.push_back({netlist_.external.module, externalText(netlist_)});
    result.push_back({name_, topText()});
    return result;
  }

private:
  std::string layerModule(const std::string &layer) const {
    return fmt::format("{}_{}", name_, moduleName(layer.substr(layer.rfind("layer"))));
  }
  const NetInstance &at(int instance) const { return netlist_.instances[static_cast<size_t>(instance)]; }
  const std::string &layer(int instance) const { return layers_[static_cast<size_t>(instance)]; }
  bool isResult(int instance) const { return instance + 1 == static_cast<int>(netlist_.instances.size()); }
  bool crosses(const NetChannel &channel) const { return layer(channel.from) != layer(channel.to); }

  /// An instance's name in the module of its layer.
  std::string local(int instance) const {
    const std::string &of = layer(instance);
    return moduleName(of.empty() ? at(instance).name : at(instance).name.substr(of.size() + 1));
  }
  std::string outputNet(int instance, size_t output) const {
    const bool isRead = readers_.count({instance, output}) > 0 || isResult(instance);
    return fmt::format("{}{}_{}", isRead ? "" : "unused_", local(instance), at(instance).module.results[output].name);
  }
  std::string inputNet(int instance, size_t input) const {
    return fmt::format("{}_{}", local(instance), at(instance).input(input).name);
  }
  /// The net of a channel where it leaves the module of its writer: named after its reader.
  std::string crossing(const NetChannel &channel) const {
    return moduleName(fmt::format("{}.{}", at(channel.to).name, at(channel.to).input(channel.input).name));
  }
  /// The net that a reader takes its beats from, in its own module.
  std::string feedNet(const NetChannel &channel) const {
    if (crosses(channel))
      return layer(channel.to).empty() ? crossing(channel) : inputNet(channel.to, channel.input);
    return channel.depth == 0 ? outputNet(channel.from, channel.output) : inputNet(channel.to, channel.input);
  }
  /// The net behind a channel's FIFO, in its writer's module.
  std::string heldNet(const NetChannel &channel) const {
    return crosses(channel) ? crossing(channel) : inputNet(channel.to, channel.input);
  }
  int64_t bitsOf(const NetChannel &channel) const { return at(channel.from).module.results[channel.output].bits(); }

  std::string instancesOf(const std::string &of) const {
    std::string text;
    for (int i = 0; i < static_cast<int>(netlist_.instances.size()); ++i)
      if (layer(i) == of)
        text += instanceText(i);
    return text;
  }

  /// Instances of a layer whose words come from the external memory.
  std::vector<int> externalOf(const std::string &of) const {
    std::vector<int> result;
    for (int i : netlist_.external.instances)
      if (layer(i) == of)
        result.push_back(i);
    return result;
  }

  std::string layerText(const std::string &of) const {
    std::string ports, nets, joins;
    for (const NetChannel &channel : netlist_.channels) {
      if (!crosses(channel))
        continue;
      const bool isInput = layer(channel.to) == of;
      if (!isInput && layer(channel.from) != of)
        continue;
      const std::string port = isInput ? inputNet(channel.to, channel.input) : crossing(channel);
      ports += streamPorts(port, bitsOf(channel), isInput);
      if (isInput)
        nets += declared(port, bitsOf(channel));
      const char *with = isInput ? "i" : "o", *against = isInput ? "o" : "i";
      joins += isInput ? fmt::format("  assign {0}_data = {0}_data_{1};\n  assign {0}_valid = {0}_valid_{1};\n  assign "
                                     "{0}_ready_{2} = {0}_ready;\n",
                                     port, with, against)
                       : fmt::format("  assign {0}_data_{1} = {0}_data;\n  assign {0}_valid_{1} = {0}_valid;\n  assign "
                                     "{0}_ready = {0}_ready_{2};\n",
                                     port, with, against);
    }
    for (int i : externalOf(of)) { // from the top level
      const HardwareWords &words = *at(i).module.words;
      const std::string port = local(i) + "_w";
      ports += streamPorts(port, words.bits, true);
      nets += declared(port, words.bits);
      joins += fmt::format("  assign {0}_data = {0}_data_i;\n  assign {0}_valid = {0}_valid_i;\n  assign {0}_ready_o = "
                           "{0}_ready;\n",
                           port);
    }
    if (counts(of)) {
      ports += counterPorts();
      joins += countersOf(of, "status_count_i", "status_clear_i", "status_chain_i", "status_chain_o");
    }
    return fmt::format(
        "// {}\n// {}\nmodule {} (\n  input  logic clk_i,\n  input  logic rst_i{}\n);\n{}{}\n{}endmodule\n",
        noRestriction, of, layerModule(of), ports, nets, instancesOf(of), joins);
  }

  std::string topText() const {
    std::string body = instancesOf("");
    size_t node = 1; // of the counters' chain; that of the top level is the first
    for (const std::string &of : order_) {
      std::string nets, connections = "    .clk_i(clk_i), .rst_i(rst_i)";
      for (const NetChannel &channel : netlist_.channels) {
        if (!crosses(channel))
          continue;
        if (layer(channel.to) == of) {
          connections += connected(inputNet(channel.to, channel.input), true, crossing(channel));
        } else if (layer(channel.from) == of) {
          nets += declared(crossing(channel), bitsOf(channel));
          connections += connected(crossing(channel), false, crossing(channel));
        }
      }
      for (int i : externalOf(of))
        connections += connected(local(i) + "_w", true, externalStream(at(i)));
      if (counts(of))
        connections += counterConnections(node++);
      body += fmt::format("\n{}  {} u_{} (\n{});\n", nets, layerModule(of), moduleName(of), connections);
    }
    const ExternalTop external = externalTop(netlist_);
    body += external.body;
    const HardwarePort &in = netlist_.instances.front().module.operands.at(0);
    const HardwarePort &out = netlist_.instances.back().module.results.at(0);
    const std::string result = outputNet(static_cast<int>(netlist_.instances.size()) - 1, 0);
    if (netlist_.counters)
      body += statusInstance(netlist_, result, node) +
              countersOf("", "status_count", "status_clear", "status_chain_0", "status_chain_1");
    return fmt::format(R"(// {0}
module {1} {9}(
  input  logic clk_i,
  input  logic rst_i,         // synchronous, active high
  input  logic {2}s_axis_tdata,  // a token's id
  input  logic s_axis_tuser,  // {7}
  input  logic s_axis_tlast,  // its sequence ends
  input  logic s_axis_tvalid,
  output logic s_axis_tready,
  output logic {3}m_axis_tdata,  // {8}
  output logic m_axis_tvalid,
  input  logic m_axis_tready,
{11}{10}  output logic error_o        // a token was swallowed: the context is full, or no such id; until reset
);
{4}
  assign m_axis_tdata = {5};
  assign m_axis_tvalid = {6}_valid;
  assign {6}_ready = m_axis_tready;
endmodule
)",
                       noRestriction, name_, range(in.dataBits - 2), range(axisBits(out)), body,
                       resultText(result, out), result,
                       netlist_.classifies ? "its type" : "the next token after it is asked for",
                       netlist_.classifies ? "a sequence's sums of classes, signed" : "the most likely next token",
                       external.parameters, external.ports, netlist_.counters ? statusPortText(netlist_) : "");
  }

  /// Whether the module of a layer counts channels.
  bool counts(const std::string &of) const {
    return netlist_.counters && std::any_of(netlist_.channels.begin(), netlist_.channels.end(),
                                            [&](const NetChannel &channel) { return layer(channel.from) == of; });
  }

  /// The counters of the channels whose writers are in a module (S16).
  std::string countersOf(const std::string &of, const std::string &count, const std::string &clear,
                         const std::string &chainIn, const std::string &chainOut) const {
    std::vector<CountedNets> nets;
    size_t first = 0;
    const std::vector<StatusChannel> channels = statusChannels(netlist_);
    for (size_t c = 0; c < channels.size(); ++c)
      if (channels[c].layer == of) {
        first = nets.empty() ? c : first;
        nets.push_back(countedNets(channels[c].channel));
      }
    return counterNode(first, nets, count, clear, chainIn, chainOut);
  }
  CountedNets countedNets(int number) const {
    if (number == StatusChannel::tokens)
      return {"s_axis_tvalid", "s_axis_tready", "s_axis_tvalid", "s_axis_tready"};
    if (number == StatusChannel::results)
      return {"m_axis_tvalid", "m_axis_tready", "m_axis_tvalid", "m_axis_tready"};
    const NetChannel &channel = netlist_.channels[static_cast<size_t>(number)];
    const std::string from = outputNet(channel.from, channel.output), held = heldNet(channel);
    if (channel.depth == 0)
      return {from + "_valid", from + "_ready", from + "_valid", from + "_ready"};
    return {from + "_valid", held + "_room", held + "_valid", held + "_ready"};
  }

  /// What leaves: each element in whole bytes, sums with their signs.
  std::string resultText(const std::string &net, const HardwarePort &out) const {
    const int64_t bits = out.dataBits / out.tile, padding = axisBits(out) / out.tile - bits;
    std::string text;
    for (int64_t k = out.tile - 1; k >= 0; --k) {
      const std::string sign = netlist_.classifies ? fmt::format("{}_data[{}]", net, (k + 1) * bits - 1) : "1'b0";
      text += padding > 0 ? fmt::format("{{{}{{{}}}}}, ", padding, sign) : "";
      text += bits == out.dataBits ? fmt::format("{}_data", net)
                                   : fmt::format("{}_data[{}:{}]", net, (k + 1) * bits - 1, k * bits);
      text += k > 0 ? ", " : "";
    }
    return fmt::format("{{{}}}", text);
  }

  std::string instanceText(int index) const {
    const NetInstance &instance = at(index);
    const HardwareModule &module = instance.module;
    const std::string name = local(index);
    std::string nets, connections = "    .clk_i(clk_i), .rst_i(rst_i)";
    for (size_t k = 0; k < instance.inputs(); ++k) {
      const HardwarePort &port = instance.input(k);
      if (port.isAxis)
        connections += fmt::format(",\n    .{0}_data_i({{s_axis_tlast, s_axis_tuser, s_axis_tdata}}), "
                                   ".{0}_valid_i(s_axis_tvalid), .{0}_ready_o(s_axis_tready)",
                                   port.name);
      else
        connections += connected(port.name, true, feedNet(*feeds_.at({index, k})));
    }
    for (size_t o = 0; o < module.results.size(); ++o) {
      const std::string net = outputNet(index, o);
      nets += declared(net, module.results[o].bits());
      connections += connected(module.results[o].name, false, net);
    }
    std::string beside = behind(index, nets);
    if (module.words && netlist_.isExternal(index)) {
      connections += connected(module.words->port, true, layer(index).empty() ? externalStream(instance) : name + "_w");
    } else if (module.words && instance.wordsFrom >= 0) {
      connections += connected(module.words->port, true, local(instance.wordsFrom) + "_w");
    } else if (module.words) {
      nets += declared(name + "_w", module.words->bits);
      connections += connected(module.words->port, true, name + "_w");
      beside += fmt::format("  mase_weight_memory #(.Width({0}), .Depth({1}), .File(\"{2}\")) u_{3}_weights (\n    "
                            ".clk_i(clk_i), .rst_i(rst_i), .w_data_o({3}_w_data), .w_valid_o({3}_w_valid), "
                            ".w_ready_i({3}_w_ready));\n",
                            module.words->bits, module.words->words.size(), wordsFile(instance), name);
    }
    if (module.gives) { // to an instance further down
      nets += declared(name + "_w", module.gives->bits);
      connections += connected(module.gives->port, false, name + "_w");
    }
    for (const HardwareConstant &constant : module.constants)
      connections += fmt::format(",\n    .{}({}'d{})", constant.port, constant.bits,
                                 constant.value & ((int64_t{1} << constant.bits) - 1));
    for (const std::string &flag : module.flags)
      connections += fmt::format(",\n    .{0}({0})", flag);
    return fmt::format("\n{}  {} u_{} (\n{});\n{}", nets, module.kind, name, connections, beside);
  }

  /// What is behind an instance's outputs: a FIFO for each reader that has one, or wires to another layer.
  std::string behind(int index, std::string &nets) const {
    std::string text;
    const HardwareModule &module = at(index).module;
    for (size_t o = 0; o < module.results.size(); ++o) {
      const auto found = readers_.find({index, o});
      const std::string from = outputNet(index, o);
      if (found != readers_.end())
        text += found->second.front()->depth == 0 ? wires(*found->second.front(), from, nets)
                                                  : fifos(found->second, from, nets);
      else if (!isResult(index))
        text += fmt::format("  assign {}_ready = 1'b1;\n", from); // nobody reads it
    }
    return text;
  }

  std::string wires(const NetChannel &channel, const std::string &from, std::string &nets) const {
    if (!crosses(channel))
      return "";
    nets += declared(crossing(channel), bitsOf(channel));
    return fmt::format("  assign {0}_data = {1}_data;\n  assign {0}_valid = {1}_valid;\n  assign {1}_ready = "
                       "{0}_ready;\n",
                       crossing(channel), from);
  }

  /// A beat of several readers moves when all have room.
  std::string fifos(const std::vector<const NetChannel *> &channels, const std::string &from, std::string &nets) const {
    std::vector<std::string> room;
    for (const NetChannel *channel : channels)
      room.push_back(heldNet(*channel) + "_room");
    nets += fmt::format("  logic {};\n", wrapped(room, ", "));
    std::string text = fmt::format("  assign {}_ready = {};\n", from, wrapped(room, " & "));
    for (const NetChannel *channel : channels) {
      const std::string to = heldNet(*channel);
      nets += declared(to, bitsOf(*channel));
      text += fmt::format("  mase_row_fifo #(.Width({0}), .Depth({1})) u_{2}_fifo (\n    .clk_i(clk_i), .rst_i(rst_i), "
                          ".x_data_i({3}_data), .x_valid_i({3}_valid{4}), .x_ready_o({2}_room),\n    "
                          ".y_data_o({2}_data), .y_valid_o({2}_valid), .y_ready_i({2}_ready));\n",
                          bitsOf(*channel), channel->depth, to, from,
                          channels.size() > 1 ? fmt::format(" & {}_ready", from) : "");
    }
    return text;
  }

  const Netlist &netlist_;
  std::string name_;
  std::map<std::pair<int, size_t>, std::vector<const NetChannel *>> readers_;
  std::map<std::pair<int, size_t>, const NetChannel *> feeds_;
  std::vector<std::string> layers_, order_;
};

} // namespace

std::string wordsFile(const NetInstance &instance) { return fmt::format("weights/{}.hex", moduleName(instance.name)); }

std::vector<ModuleText> topTexts(const Netlist &netlist, const std::string &name) {
  return Writer(netlist, name).texts();
}

HardwareModule topModule(const Netlist &netlist, const std::string &name) {
  HardwareModule top;
  top.module = name;
  top.kind = name + "_alone";
  top.operands = {netlist.instances.front().module.operands.at(0)};
  top.operands[0].name = "s_axis";
  HardwarePort next = netlist.instances.back().module.results.at(0);
  next.name = "m_axis";
  next.dataBits = axisBits(next);
  next.isAxis = true;
  top.results = {next};
  top.flags = {"error_o"};
  if (!netlist.external.instances.empty())
    top.wires = externalWires(netlist.external);
  if (netlist.counters)
    for (const KindPort &port : statusPorts(netlist)) {
      if (port.isInput)
        top.constants.push_back({port.name, port.bits, 0});
      else
        top.observed.push_back({port.name, port.bits});
    }
  return top;
}

} // namespace mase
