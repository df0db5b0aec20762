// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/operator_stage.h"

#include "mase/hardware/operator_area.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cassert>

namespace mase {
namespace {

/// A tile of one operator with all that the mapping asks of it.
struct Option {
  HardwareTile tile;
  Candidate candidate;
  int64_t work = 0, beside = 0; // of the latency: the interval of the mean row, and what is beside it
};

bool beats(const Candidate &a, const Candidate &b) {
  return a.grows == b.grows && a.interval <= b.interval && a.latency <= b.latency && a.area.fits(b.area) &&
         a.memoryWidth <= b.memoryWidth && a.memoryDepth <= b.memoryDepth && a.memoryPorts <= b.memoryPorts;
}

/// Casts to the formats of the edge and of its readers.
Area castsBehind(const OperatorToMap &op, const HardwareModule &module) {
  Area area;
  const HardwarePort &result = module.results.at(0);
  const Format *edge = op.formats.output;
  const auto add = [&](const Format *from, const Format *to) {
    if (from && to && from != to)
      area += predictedArea(castModule(*from, *to, result.features, result.tile)).value_or(Area{});
  };
  add(result.format, edge);
  for (const Format *format : op.readAs)
    add(edge, format);
  return area;
}

std::vector<Option> optionsOf(const OperatorToMap &op, int64_t most) {
  std::vector<Option> options;
  std::string fault;
  for (const HardwareTile &tile : hardwareTiles(*op.op, most)) {
    HardwareModule module;
    try {
      module = shapeOf(op, tile);
    } catch (const InputError &error) { // not in these formats
      if (fault.empty())
        fault = error.what();
      continue;
    }
    const Area area = moduleArea(op.name, module);
    const int64_t otherwise = hardwareCycles(*op.op, tile);
    const RowCycles mean = rowCycles(module, meanPosition(*op.op), otherwise),
                    last = rowCycles(module, op.lastPosition(), otherwise);
    const bool grows = last.interval > mean.interval;
    const ModuleMemory memory = memoryOf(module);
    options.push_back(
        {tile,
         {last.interval, mean.latency, area + castsBehind(op, module), memory.width, memory.depth, grows, memory.ports},
         mean.interval,
         mean.latency - mean.interval});
  }
  if (options.empty())
    fail("{}: {}", op.name, fault);
  return options;
}

/// One of several operators that work at the same time.
Option joined(const Option &a, const Option &b) {
  assert(a.candidate.memoryWidth == 0 || b.candidate.memoryWidth == 0);
  Option both = a;
  both.work = std::max(a.work, b.work);
  both.beside = a.beside + b.beside;
  Candidate &c = both.candidate;
  c.interval = std::max(c.interval, b.candidate.interval);
  c.latency = both.work + both.beside;
  c.area += b.candidate.area;
  c.memoryWidth += b.candidate.memoryWidth;
  c.memoryDepth += b.candidate.memoryDepth;
  c.grows |= b.candidate.grows;
  return both;
}

/// A head with the embedding that reads its words: one memory, and a token passes one and then the other.
Option withTable(const Option &head, const OperatorToMap &embedding) {
  const HardwareModule module = shapeOf(embedding, head.tile);
  const ModuleMemory memory = memoryOf(module);
  const RowCycles cycles = rowCycles(module, 0, 0);
  Option both = head;
  Candidate &c = both.candidate;
  c.interval = std::max(c.interval, cycles.interval);
  c.latency += cycles.latency;
  c.area += moduleArea(embedding.name, module) + castsBehind(embedding, module);
  c.memoryWidth = memory.width, c.memoryDepth = memory.depth, c.memoryPorts = memory.ports;
  return both;
}

/// The ways to have the operators of a stage.
struct Ways {
  std::vector<Option> options; // `tile` is the last operator's
  std::vector<StageTiles> tiles;
};

/// While operators are still to be joined, only those of as many keys are beaten: others may suit these better.
void keepUnbeaten(Ways &ways, bool isWhole) {
  Ways kept;
  const std::vector<Option> &all = ways.options;
  for (size_t i = 0; i < all.size(); ++i) {
    bool beaten = false;
    for (size_t other = 0; other < all.size() && !beaten; ++other)
      beaten = other != i && (isWhole || all[other].tile.keys == all[i].tile.keys) &&
               beats(all[other].candidate, all[i].candidate) &&
               (other < i || !beats(all[i].candidate, all[other].candidate));
    if (beaten)
      continue;
    kept.options.push_back(all[i]);
    kept.tiles.push_back(ways.tiles[i]);
  }
  ways = std::move(kept);
}

} // namespace

HardwareModule shapeOf(const OperatorToMap &op, const HardwareTile &tile) {
  return hardwareEntry(op.op->name).make({*op.op, op.formats, tile, false, op.head ? &*op.head : nullptr});
}

Area moduleArea(const std::string &name, const HardwareModule &module) {
  const std::optional<Area> area = predictedArea(module);
  if (!area)
    fail("{}: nothing predicts the area of '{}' (a model in its operator's folder would: docs/synthesis.md)", name,
         module.module);
  return *area;
}

ModuleMemory memoryOf(const HardwareModule &module) {
  assert(!module.words || !module.file);
  if (module.words && module.words->depth() > 0)
    return {module.words->bits, module.words->depth()};
  if (module.file)
    return {module.file->bits, module.file->depth(), module.file->ports};
  return {};
}

OperatorStage operatorStage(std::span<const OperatorToMap> operators, int64_t most) {
  assert(!operators.empty());
  Ways ways;
  ways.options = optionsOf(operators.front(), most);
  for (const Option &option : ways.options)
    ways.tiles.push_back({option.tile});
  if (const OperatorToMap &last = operators.back(); last.head) { // its share depends on the tile
    assert(operators.size() == 2);
    for (Option &option : ways.options)
      option = withTable(option, last);
    for (StageTiles &tiles : ways.tiles)
      tiles.push_back(tiles.front());
    operators = operators.first(1);
  }
  keepUnbeaten(ways, operators.size() == 1);
  for (const OperatorToMap &op : operators.subspan(1)) {
    Ways longer;
    const std::vector<Option> options = optionsOf(op, most);
    for (size_t w = 0; w < ways.options.size(); ++w)
      for (const Option &option : options) {
        if (option.tile.keys != ways.options[w].tile.keys)
          continue;
        longer.options.push_back(joined(ways.options[w], option));
        longer.options.back().tile = option.tile;
        longer.tiles.push_back(ways.tiles[w]);
        longer.tiles.back().push_back(option.tile);
      }
    ways = std::move(longer);
    keepUnbeaten(ways, &op == &operators.back());
  }
  OperatorStage stage = {{operators.front().name, {}}, std::move(ways.tiles)};
  for (const Option &option : ways.options)
    stage.stage.candidates.push_back(option.candidate);
  return stage;
}

} // namespace mase
