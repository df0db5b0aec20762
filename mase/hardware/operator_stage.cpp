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
  int64_t beside = 0; // of the latency: what is not the interval
};

bool beats(const Candidate &a, const Candidate &b) {
  return a.interval <= b.interval && a.latency <= b.latency && a.area.fits(b.area) && a.memoryWidth <= b.memoryWidth &&
         a.memoryDepth <= b.memoryDepth;
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
    const std::optional<Area> area = predictedArea(module);
    if (!area)
      fail("{}: nothing predicts the area of '{}' (a model in its operator's folder would: docs/synthesis.md)", op.name,
           module.module);
    const RowCycles cycles = rowCycles(module, meanPosition(*op.op), hardwareCycles(*op.op, tile));
    const ModuleMemory memory = memoryOf(module);
    options.push_back(
        {tile, {cycles.interval, cycles.latency, *area, memory.width, memory.depth}, cycles.latency - cycles.interval});
  }
  if (options.empty())
    fail("{}: {}", op.name, fault);
  return options;
}

/// A candidate of several operators that work at the same time.
Candidate joined(const Candidate &a, const Candidate &b, int64_t beside) {
  assert(a.memoryWidth == 0 || b.memoryWidth == 0);
  Candidate both = a;
  both.interval = std::max(a.interval, b.interval);
  both.latency = a.latency - a.interval + beside + both.interval;
  both.area += b.area;
  both.memoryWidth += b.memoryWidth;
  both.memoryDepth += b.memoryDepth;
  return both;
}

/// While operators are still to be joined, only those of as many keys are beaten: others may suit these better.
void keepUnbeaten(OperatorStage &stage, bool isWhole) {
  OperatorStage kept;
  kept.stage.name = stage.stage.name;
  const std::vector<Candidate> &all = stage.stage.candidates;
  for (size_t i = 0; i < all.size(); ++i) {
    bool beaten = false;
    for (size_t other = 0; other < all.size() && !beaten; ++other)
      beaten = other != i && (isWhole || stage.tiles[other].back().keys == stage.tiles[i].back().keys) &&
               beats(all[other], all[i]) && (other < i || !beats(all[i], all[other]));
    if (beaten)
      continue;
    kept.stage.candidates.push_back(all[i]);
    kept.tiles.push_back(stage.tiles[i]);
  }
  stage = std::move(kept);
}

} // namespace

HardwareModule shapeOf(const OperatorToMap &op, const HardwareTile &tile) {
  return hardwareEntry(op.op->name).make({*op.op, op.formats, tile, false});
}

ModuleMemory memoryOf(const HardwareModule &module) {
  assert(!module.words || !module.file);
  if (module.words)
    return {module.words->bits, module.words->depth()};
  if (module.file)
    return {module.file->bits, module.file->depth()};
  return {};
}

OperatorStage operatorStage(std::span<const OperatorToMap> operators, int64_t most) {
  assert(!operators.empty());
  OperatorStage stage;
  stage.stage.name = operators.front().name;
  for (const Option &option : optionsOf(operators.front(), most)) {
    stage.stage.candidates.push_back(option.candidate);
    stage.tiles.push_back({option.tile});
  }
  keepUnbeaten(stage, operators.size() == 1);
  for (const OperatorToMap &op : operators.subspan(1)) {
    OperatorStage longer;
    longer.stage.name = stage.stage.name;
    const std::vector<Option> options = optionsOf(op, most);
    for (size_t c = 0; c < stage.tiles.size(); ++c)
      for (const Option &option : options) {
        if (option.tile.keys != stage.tiles[c].back().keys)
          continue;
        longer.stage.candidates.push_back(joined(stage.stage.candidates[c], option.candidate, option.beside));
        longer.tiles.push_back(stage.tiles[c]);
        longer.tiles.back().push_back(option.tile);
      }
    stage = std::move(longer);
    keepUnbeaten(stage, &op == &operators.back());
  }
  return stage;
}

} // namespace mase
