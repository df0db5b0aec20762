// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/mapping.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace mase {

Area areaOf(const Candidate &candidate, MemoryKind memory) {
  return candidate.area + memoryArea(memory, candidate.memoryWidth, candidate.memoryDepth, candidate.memoryPorts);
}

std::vector<MemoryKind> memoryKinds(const Candidate &candidate) {
  if (candidate.memoryWidth == 0)
    return {MemoryKind::None};
  return {MemoryKind::Bram, MemoryKind::Uram, MemoryKind::Lutram};
}

std::vector<std::string> check(const MappingProblem &problem) {
  std::vector<std::string> faults;
  if (problem.stages.empty())
    faults.push_back("no stages");
  for (const Stage &stage : problem.stages) {
    if (stage.candidates.empty())
      faults.push_back(fmt::format("stage '{}' has no candidate", stage.name));
    for (size_t i = 0; i < stage.candidates.size(); ++i) {
      const Candidate &c = stage.candidates[i];
      if (c.interval < 1 || c.latency < 1)
        faults.push_back(fmt::format("stage '{}', candidate {}: interval {} and latency {} are not positive",
                                     stage.name, i, c.interval, c.latency));
      if (!Area{}.fits(c.area) || c.memoryWidth < 0 || (c.memoryWidth > 0) != (c.memoryDepth > 0))
        faults.push_back(fmt::format("stage '{}', candidate {}: a negative area, or a memory without width or depth",
                                     stage.name, i));
    }
  }
  std::vector<int> seen(problem.stages.size(), 0);
  for (const std::vector<int> &group : problem.path)
    for (int stage : group) {
      if (stage < 0 || stage >= static_cast<int>(problem.stages.size()))
        faults.push_back(fmt::format("the path names stage {} of {}", stage, problem.stages.size()));
      else
        ++seen[stage];
    }
  for (size_t i = 0; i < seen.size(); ++i)
    if (seen[i] != 1)
      faults.push_back(
          fmt::format("stage '{}' stands {} times in the path (once would be right)", problem.stages[i].name, seen[i]));
  return faults;
}

double meanInterval(int64_t fixed, int64_t growing) {
  if (growing <= fixed)
    return static_cast<double>(fixed);
  const auto c = static_cast<double>(fixed), g = static_cast<double>(growing);
  return (g * g + c * c) / (2 * g);
}

Mapping evaluate(const MappingProblem &problem, std::vector<StageChoice> choices) {
  assert(choices.size() == problem.stages.size());
  Mapping mapping;
  int64_t fixed = 0, growing = 0;
  for (size_t i = 0; i < choices.size(); ++i) {
    const Candidate &candidate = problem.stages[i].candidates.at(choices[i].candidate);
    int64_t &slowest = candidate.grows ? growing : fixed;
    slowest = std::max(slowest, candidate.interval);
    mapping.area += areaOf(candidate, choices[i].memory);
  }
  mapping.interval = static_cast<int64_t>(std::ceil(meanInterval(fixed, growing)));
  for (const std::vector<int> &group : problem.path) {
    int64_t slowest = 0;
    for (int stage : group)
      slowest = std::max(slowest, problem.stages[stage].candidates[choices[stage].candidate].latency);
    mapping.latency += slowest;
  }
  mapping.choices = std::move(choices);
  return mapping;
}

std::vector<std::string> verify(const MappingProblem &problem, const Mapping &mapping) {
  std::vector<std::string> faults;
  if (mapping.choices.size() != problem.stages.size()) {
    faults.push_back(fmt::format("{} choices for {} stages", mapping.choices.size(), problem.stages.size()));
    return faults;
  }
  for (size_t i = 0; i < mapping.choices.size(); ++i) {
    const Stage &stage = problem.stages[i];
    const StageChoice &choice = mapping.choices[i];
    if (choice.candidate < 0 || choice.candidate >= static_cast<int>(stage.candidates.size())) {
      faults.push_back(fmt::format("stage '{}' has no candidate {}", stage.name, choice.candidate));
      continue;
    }
    std::vector<MemoryKind> kinds = memoryKinds(stage.candidates[choice.candidate]);
    if (std::find(kinds.begin(), kinds.end(), choice.memory) == kinds.end())
      faults.push_back(fmt::format("the memory of stage '{}' cannot lie in '{}'", stage.name, nameOf(choice.memory)));
  }
  if (!faults.empty())
    return faults;
  Mapping fresh = evaluate(problem, mapping.choices);
  if (fresh.interval != mapping.interval)
    faults.push_back(fmt::format("interval {} is stated, {} follows", mapping.interval, fresh.interval));
  if (fresh.latency != mapping.latency)
    faults.push_back(fmt::format("latency {} is stated, {} follows", mapping.latency, fresh.latency));
  if (fresh.area != mapping.area)
    faults.push_back("another area is stated than follows");
  auto within = [&faults](const char *name, int64_t used, int64_t budget) {
    if (used > budget)
      faults.push_back(fmt::format("{} {} of {}", used, name, budget));
  };
  within("LUT", fresh.area.lut, problem.budget.lut);
  within("FF", fresh.area.ff, problem.budget.ff);
  within("DSP", fresh.area.dsp, problem.budget.dsp);
  within("BRAM", fresh.area.bram, problem.budget.bram);
  within("URAM", fresh.area.uram, problem.budget.uram);
  return faults;
}

} // namespace mase
