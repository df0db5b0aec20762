// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/model_netlist.h"

#include "mase/ops/argmax/argmax_module.h"
#include "mase/ops/edge/plumbing_module.h"
#include "mase/ops/registry.h"
#include "mase/rtl/channel_depths.h"
#include "mase/rtl/netlist_layers.h"
#include "mase/support/error.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace mase {
namespace {

/// Words of control streams that may wait at least: tokens between the entrance and who needs them.
constexpr int64_t waitingWords = 64;

/// An output of an instance, and what flows there.
struct Source {
  int instance = -1;
  size_t output = 0;
};

class Builder {
public:
  Builder(const BitTruePlan &plan, std::span<const HardwareTile> tiles, const NetlistDetail &detail)
      : plan_(plan), graph_(plan.graph()), tiles_(tiles), detail_(detail), names_(edgeNames(graph_)),
        values_(graph_.values.size()) {}

  Netlist build() {
    netlist_.classifies = graph_.values[static_cast<size_t>(graph_.steps.back().output)].rows == 1;
    control_ = add({"control", controlModule(graph_.vocabulary, graph_.maxRows, waitingWords), -1});
    for (size_t s = 0; s < graph_.steps.size(); ++s) {
      const GraphStep &step = graph_.steps[s];
      try {
        values_[static_cast<size_t>(step.output)] = resultOf(s);
      } catch (const InputError &error) {
        fail("{}: {}", names_[s], error.what());
      }
    }
    moveToEnd(values_[static_cast<size_t>(graph_.steps.back().output)].instance);
    chooseDepths();
    if (detail_.leastDepths)
      reduceDepths(netlist_, graph_.maxRows);
    return std::move(netlist_);
  }

private:
  /// What the design gives is its last instance's; a resize in front of a classifier's head is made after it.
  void moveToEnd(int instance) {
    if (!netlist_.classifies)
      return;
    const int last = static_cast<int>(netlist_.instances.size()) - 1;
    const auto first = netlist_.instances.begin() + instance;
    std::rotate(first, first + 1, netlist_.instances.end());
    const auto moved = [&](int i) { return i == instance ? last : i > instance ? i - 1 : i; };
    for (NetChannel &channel : netlist_.channels)
      channel.from = moved(channel.from), channel.to = moved(channel.to);
    for (NetInstance &other : netlist_.instances)
      other.wordsFrom = other.wordsFrom < 0 ? -1 : moved(other.wordsFrom);
  }

  Source resultOf(size_t s) {
    const GraphStep &step = graph_.steps[s];
    if (findOperator(step.op.name)->kind == OperatorEntry::Kind::view)
      return values_[static_cast<size_t>(step.inputs[0])]; // heads are columns side by side
    const HardwareEntry *entry = &hardwareEntry(step.op.name);
    const BitTrueFormats &formats = plan_.formats(s);
    if (!entry->make) {
      const Source kept = read(step.inputs[0], *formats.output);
      NetInstance &instance = netlist_.instances[static_cast<size_t>(kept.instance)];
      if (instance.step < 0)
        instance.step = static_cast<int>(s);
      return kept;
    }
    Source result = {add({names_[s], moduleOf(s, *entry), static_cast<int>(s)}), 0};
    shareWords(s, result.instance);
    for (size_t i = 0; i < step.inputs.size(); ++i) {
      Source operand = read(step.inputs[i], *formats.inputs[i]);
      if (!formats.output && !netlist_.classifies) // logits of prompts are of no use
        operand = wanted(operand);
      connect(operand, result.instance, i);
    }
    connectControl(result.instance);
    const HardwarePort port = portOf(result);
    if (!formats.output && netlist_.classifies)
      return result;
    if (!formats.output) { // the next token's id behind the logits
      const int argmax = add({names_[s] + ".argmax", argmaxModule(port), -1});
      connect(result, argmax, 0);
    } else if (port.format != formats.output) {
      netlist_.instances.back().step = -1;
      result = cast(result, *formats.output);
      netlist_.instances.back().step = static_cast<int>(s);
    }
    return result;
  }

  HardwareModule moduleOf(size_t s, const HardwareEntry &entry) {
    const OperatorDescription &op = graph_.steps[s].op;
    const std::optional<size_t> head = detail_.sharesTable ? tiedHead(plan_, s) : std::nullopt;
    if (!head)
      return entry.make({op, plan_.formats(s), tiles_[s], detail_.contents});
    const TiedHead tied = {&graph_.steps[*head].op, plan_.formats(*head)};
    embeddingOf_[*head] = static_cast<int>(netlist_.instances.size());
    return entry.make({op, plan_.formats(s), tiles_[*head], detail_.contents, &tied});
  }
  /// The words of a tied head lie in its embedding's memory.
  void shareWords(size_t s, int instance) {
    const auto found = embeddingOf_.find(s);
    if (found == embeddingOf_.end())
      return;
    NetInstance &head = netlist_.instances[static_cast<size_t>(instance)];
    head.wordsFrom = found->second;
    std::swap(netlist_.instances[static_cast<size_t>(found->second)].module.file->words, head.module.words->words);
    head.module.words->count = 0;
  }

  const HardwarePort &portOf(Source source) const {
    return netlist_.instances[static_cast<size_t>(source.instance)].module.results[source.output];
  }

  /// The value in a format: its source, or a cast behind it, one for each format.
  Source read(int value, const Format &format) {
    const Source source = values_[static_cast<size_t>(value)];
    if (portOf(source).format == &format)
      return source;
    auto [found, isNew] = casts_.try_emplace({source.instance, &format});
    if (isNew)
      found->second = cast(source, format);
    return found->second;
  }
  Source cast(Source source, const Format &format) {
    const HardwarePort port = portOf(source);
    const std::string name = fmt::format("{}.cast_{}", netlist_.instances[static_cast<size_t>(source.instance)].name,
                                         formatIdentifier(format));
    const int instance = add({name, castModule(*port.format, format, port.features, port.tile), -1});
    connect(source, instance, 0);
    return {instance, 0};
  }

  int add(NetInstance instance) {
    // What a name does not say (offsets of a norm, the file of a memory inside) a number tells apart.
    HardwareModule &module = instance.module;
    std::vector<ModuleParameters> &same = kinds_[module.kind];
    auto known = module.file ? same.end() : std::find(same.begin(), same.end(), module.parameters);
    const auto number = known - same.begin();
    if (known == same.end())
      same.push_back(module.parameters);
    if (number > 0)
      module.kind += fmt::format("_{}", number + 1);
    netlist_.instances.push_back(std::move(instance));
    return static_cast<int>(netlist_.instances.size()) - 1;
  }
  /// Joins an output to an input, with beats of another tile between them if need be.
  void connect(Source from, int to, size_t input) {
    const int64_t tile = netlist_.instances[static_cast<size_t>(to)].input(input).tile;
    const auto other = portOf(from).tile;
    if (const int64_t common = std::gcd(tile, other); common != tile && common != other)
      from = resized(from, common);
    from = resized(from, tile);
    netlist_.channels.push_back({from.instance, from.output, to, input, 0});
  }
  Source resized(Source source, int64_t tile) {
    const HardwarePort port = portOf(source);
    if (port.tile == tile)
      return source;
    auto [found, isNew] = resized_.try_emplace({source.instance, tile});
    if (isNew) {
      const std::string name =
          fmt::format("{}.by_{}", netlist_.instances[static_cast<size_t>(source.instance)].name, tile);
      found->second = {add({name, resizeModule(port, tile), -1}), 0};
      netlist_.channels.push_back({source.instance, source.output, found->second.instance, 0, 0});
    }
    return found->second;
  }

  void connectControl(int instance) {
    const NetInstance &to = netlist_.instances[static_cast<size_t>(instance)];
    for (size_t c = 0; c < to.module.control.size(); ++c)
      netlist_.channels.push_back(
          {control_, static_cast<size_t>(to.module.control[c].stream), instance, to.module.operands.size() + c, 0});
  }
  Source wanted(Source rows) {
    const std::string name = fmt::format("{}.wanted", netlist_.instances[static_cast<size_t>(rows.instance)].name);
    const int filter = add({name, filterModule(portOf(rows)), -1});
    connect(rows, filter, 0);
    connectControl(filter);
    return {filter, 0};
  }

  /// A path beside others must hold the rows that are inside them, or nothing moves: where paths meet, each channel
  /// gets as many rows as the others have ahead of it, and one more. That is generous; what it costs nothing to
  /// save is saved afterwards (channel_depths.h).
  void chooseDepths() {
    // Rows inside on the longest path up to an instance's result, whose operands hold some of them.
    std::vector<int64_t> ahead(netlist_.instances.size());
    std::map<std::pair<int, size_t>, int> readers;
    for (const NetChannel &channel : netlist_.channels) { // in the order of execution
      const auto from = static_cast<size_t>(channel.from), to = static_cast<size_t>(channel.to);
      ahead[to] = std::max(ahead[to], ahead[from] + netlist_.instances[to].module.rowsTakenOf(channel.input));
      ++readers[{channel.from, channel.output}];
    }
    for (NetChannel &channel : netlist_.channels) {
      const auto from = static_cast<size_t>(channel.from), to = static_cast<size_t>(channel.to);
      const int64_t rows = ahead[to] - ahead[from] - netlist_.instances[to].module.rowsTakenOf(channel.input);
      const HardwarePort &port = netlist_.instances[from].module.results[channel.output];
      if (channel.from == control_)
        channel.depth = readers[{channel.from, channel.output}] > 1 ? std::max(waitingWords, ahead[to] + 8) : 0;
      else if (rows > 0)
        channel.depth = (rows + 1) * (port.features / port.tile);
      else if (readers[{channel.from, channel.output}] > 1)
        channel.depth = std::max<int64_t>(4, 32 / port.tile);
    }
  }

  const BitTruePlan &plan_;
  const Graph &graph_;
  std::span<const HardwareTile> tiles_;
  NetlistDetail detail_;
  std::vector<std::string> names_;
  std::vector<Source> values_;
  std::map<std::pair<int, const Format *>, Source> casts_;
  int control_ = -1;
  std::map<size_t, int> embeddingOf_;                          // of a tied head's step
  std::map<std::pair<int, int64_t>, Source> resized_;          // by instance and tile
  std::map<std::string, std::vector<ModuleParameters>> kinds_; // by name
  Netlist netlist_;
};

} // namespace

std::optional<size_t> tiedHead(const BitTruePlan &plan, size_t step) {
  const Graph &graph = plan.graph();
  const OperatorDescription &op = graph.steps[step].op;
  const HardwareEntry *entry = findHardware(op.name);
  if (!entry || !entry->readsWordsOf)
    return std::nullopt;
  const std::vector<std::string> names = edgeNames(graph);
  for (size_t other = step + 1; other < graph.steps.size(); ++other)
    if (entry->readsWordsOf(op, plan.formats(step), {&graph.steps[other].op, plan.formats(other)}) &&
        layerOf(names[step]).empty() && layerOf(names[other]).empty())
      return other;
  return std::nullopt;
}

Netlist modelNetlist(const BitTruePlan &plan, std::span<const HardwareTile> tiles, const NetlistDetail &detail) {
  return Builder(plan, tiles, detail).build();
}

} // namespace mase
