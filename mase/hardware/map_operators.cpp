// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/map_operators.h"

#include "mase/support/error.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <map>

namespace mase {
namespace {

/// All that stages of equal candidates have in common.
std::string signatureOf(std::span<const OperatorToMap> operators) {
  std::string text;
  for (const OperatorToMap &op : operators) {
    text += op.op->name;
    for (const Format *format : op.readAs)
      text += ' ' + format->name();
    for (const HardwareTile &tile : hardwareTiles(op.head ? *op.head->op : *op.op)) {
      HardwareModule module;
      try {
        module = shapeOf(op, tile);
      } catch (const InputError &) {
        continue;
      }
      for (const auto &[name, value] : module.parameters)
        text += fmt::format(" {}={}", name, value);
      for (const HardwarePort &port : module.operands)
        text += fmt::format(" {}:{}x{}", port.name, port.format ? port.format->name() : "", port.features);
      for (const HardwarePort &port : module.results)
        text += fmt::format(" {}:{}x{}", port.name, port.format ? port.format->name() : "", port.features);
      const ModuleMemory memory = memoryOf(module);
      text += fmt::format(" {}x{};", memory.width, memory.depth);
      break;
    }
  }
  return text;
}

struct Problem {
  MappingProblem mapping;
  std::vector<const OperatorStage *> stages;
  std::vector<std::vector<size_t>> operators; // of each stage
};

Area minus(Area a, const Area &b) {
  return {a.lut - b.lut, a.ff - b.ff, a.dsp - b.dsp, a.bram - b.bram, a.uram - b.uram};
}

class Builder {
public:
  Builder(std::span<const OperatorToMap> operators, int64_t most) : operators_(operators), most_(most) {}

  Problem build() {
    Problem problem;
    std::vector<int> stageOf(operators_.size(), -1);
    std::map<int, std::vector<int>> places;
    for (size_t i = 0; i < operators_.size(); ++i) {
      if (operators_[i].head) {
        embeddingOf_[operators_[i].head->op] = i;
        continue;
      }
      if (const int before = operators_[i].joinedTo; before >= 0) {
        stageOf[i] = stageOf[static_cast<size_t>(before)];
        problem.operators[static_cast<size_t>(stageOf[i])].push_back(i);
        continue;
      }
      stageOf[i] = static_cast<int>(problem.operators.size());
      problem.operators.push_back({i});
      if (const auto embedding = embeddingOf_.find(operators_[i].op); embedding != embeddingOf_.end())
        problem.operators.back().push_back(embedding->second);
      places[operators_[i].place].push_back(stageOf[i]);
    }
    for (const std::vector<size_t> &members : problem.operators) {
      problem.stages.push_back(&stage(members));
      problem.mapping.stages.push_back(problem.stages.back()->stage);
      problem.mapping.stages.back().name = operators_[members.front()].name;
    }
    for (const auto &[place, stages] : places)
      problem.mapping.path.push_back(stages);
    return problem;
  }

private:
  const OperatorStage &stage(const std::vector<size_t> &members) {
    std::vector<OperatorToMap> joined;
    for (size_t member : members)
      joined.push_back(operators_[member]);
    const auto [at, isNew] = known_.try_emplace(signatureOf(joined)); // equal layers have equal stages
    if (isNew)
      at->second = operatorStage(joined, most_);
    return at->second;
  }

  std::span<const OperatorToMap> operators_;
  int64_t most_;
  std::map<std::string, OperatorStage> known_;
  std::map<const OperatorDescription *, size_t> embeddingOf_; // of a tied head
};

Mapping solve(const MappingProblem &problem, MapObjective objective) {
  if (objective == MapObjective::Prefill)
    return solveByBisection(problem);
  return objective == MapObjective::Decode ? solveForLatency(problem) : solveForArea(problem);
}

/// Errors of parts, each with its share of the figure.
class Sum {
public:
  void add(int64_t value, double error) {
    value_ += value;
    wrong_ += static_cast<double>(value) * error;
  }
  Figure figure() const { return {static_cast<double>(value_), value_ > 0 ? wrong_ / static_cast<double>(value_) : 0}; }

private:
  int64_t value_ = 0;
  double wrong_ = 0;
};

void total(MapReport &report) {
  Sum lut, ff, dsp, bram, uram;
  const auto add = [&](const Area &area, const AreaError &error) {
    lut.add(area.lut, error.lut);
    ff.add(area.ff, error.ff);
    dsp.add(area.dsp, 0);
    bram.add(area.bram, 0);
    uram.add(area.uram, 0);
  };
  for (const MappedOperator &op : report.operators)
    add(op.area, op.error);
  for (const MappedPart &part : report.parts)
    add(part.area, part.error);
  report.lut = lut.figure(), report.ff = ff.figure();
  report.dsp = dsp.figure(), report.bram = bram.figure(), report.uram = uram.figure();
}

void setRate(MapReport &report) {
  const Figure &cycles = report.objective == MapObjective::Decode ? report.latency : report.interval;
  report.tokensPerSecond = {report.clockMhz * 1e6 / cycles.value, 0};
}

} // namespace

MapReport mapOperators(std::span<const OperatorToMap> operators, const Device &device, const MapOptions &options,
                       const Area &joints) {
  if (operators.empty())
    fail("the model has no operator to map onto '{}'", device.name);
  if (options.clockMhz < 0)
    fail("clock {} MHz is not positive", options.clockMhz);
  MapReport report;
  report.device = device.name;
  report.objective = options.objective;
  report.clockMhz = options.clockMhz > 0 ? options.clockMhz : device.clockMhz;
  report.budget = budgetOf(device, options.share);

  Builder builder(operators, options.tileLimit);
  Problem problem = builder.build();
  problem.mapping.budget = minus(report.budget, joints);
  const Mapping mapping = solve(problem.mapping, options.objective);
  assert(verify(problem.mapping, mapping).empty());

  const auto counted = [](int64_t value) { return Figure{static_cast<double>(value), 0}; };
  report.interval = counted(mapping.interval);
  report.latency = counted(mapping.latency);
  setRate(report);
  report.minimised = options.objective == MapObjective::Prefill  ? mapping.interval
                     : options.objective == MapObjective::Decode ? mapping.latency
                                                                 : mapping.area.lut;
  report.bound = mapping.bound;
  report.exact = mapping.exact;
  report.operators.resize(operators.size());
  for (size_t s = 0; s < problem.operators.size(); ++s) {
    const StageChoice &choice = mapping.choices[s];
    const StageTiles &tiles = problem.stages[s]->tiles[static_cast<size_t>(choice.candidate)];
    for (size_t m = 0; m < problem.operators[s].size(); ++m) {
      const OperatorToMap &op = operators[problem.operators[s][m]];
      const HardwareModule module = shapeOf(op, tiles[m]);
      const bool isElsewhere = m == 0 && problem.operators[s].size() > 1 && operators[problem.operators[s][1]].head;
      const ModuleMemory memory = isElsewhere ? ModuleMemory{} : memoryOf(module);
      const MemoryKind kind = memory.width > 0 ? choice.memory : MemoryKind::None;
      const int64_t otherwise = hardwareCycles(*op.op, tiles[m]);
      report.operators[problem.operators[s][m]] = {op.name,
                                                   op.op->name,
                                                   module.kind,
                                                   op.head ? HardwareTile{tiles[m].in, tiles[m].in} : tiles[m],
                                                   kind,
                                                   rowCycles(module, op.lastPosition(), otherwise).interval,
                                                   rowCycles(module, meanPosition(*op.op), otherwise).latency,
                                                   moduleArea(op.name, module) +
                                                       memoryArea(kind, memory.width, memory.depth, memory.ports),
                                                   areaError(module)};
    }
  }
  total(report);
  return report;
}

void addParts(MapReport &report, std::vector<MappedPart> parts) {
  for (MappedPart &part : parts)
    report.parts.push_back(std::move(part));
  total(report);
}

void setCycles(MapReport &report, const MapCycles &cycles) {
  report.cycles = cycles;
  report.interval = {cycles.interval, 0};
  report.latency = {static_cast<double>(cycles.latency), 0};
  setRate(report);
}

} // namespace mase
