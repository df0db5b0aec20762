// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/mapping_selection.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace mase {
namespace {

constexpr size_t kLabelLimit = 20'000;

// The stages' choices at an interval bound, and the selection of least LUT among them.
struct Probe {
  std::vector<std::vector<StageChoice>> choices;
  Selection selection;
};

Probe probe(const MappingProblem &problem, int64_t bound, SelectionGoal goal) {
  Probe result;
  SelectionProblem selection;
  selection.budgets = usesOf(problem.budget);
  for (const Stage &stage : problem.stages) {
    auto &choices = result.choices.emplace_back();
    auto &options = selection.items.emplace_back();
    for (size_t c = 0; c < stage.candidates.size(); ++c) {
      const Candidate &candidate = stage.candidates[c];
      if (candidate.interval > bound)
        continue;
      for (MemoryKind memory : memoryKinds(candidate)) {
        Area area = areaOf(candidate, memory);
        choices.push_back({static_cast<int>(c), memory});
        options.push_back({area.lut, usesOf(area)});
      }
    }
    if (options.empty())
      return result;
  }
  result.selection = selectOptions(selection, kLabelLimit, goal);
  return result;
}

Mapping chosen(const MappingProblem &problem, const Probe &probe) {
  std::vector<StageChoice> choices;
  for (size_t i = 0; i < problem.stages.size(); ++i)
    choices.push_back(probe.choices[i][static_cast<size_t>(probe.selection.option[i])]);
  return finished(problem, std::move(choices));
}

} // namespace

Mapping solveForArea(const MappingProblem &problem) {
  assert(check(problem).empty());
  const Probe any = probe(problem, std::numeric_limits<int64_t>::max(), SelectionGoal::Least);
  if (!any.selection.found)
    reportThatNothingFits(problem);
  Mapping mapping = chosen(problem, any);
  mapping.exact = any.selection.exact;
  mapping.bound = any.selection.bound;
  return mapping;
}

// Whether a bound can be met only ever changes from no to yes as the bound grows (choices are added, none removed), and
// the least interval is some candidate's: so bisection over the candidates' intervals finds it.
Mapping solveByBisection(const MappingProblem &problem) {
  assert(check(problem).empty());
  std::vector<int64_t> intervals;
  for (const Stage &stage : problem.stages)
    for (const Candidate &candidate : stage.candidates)
      intervals.push_back(candidate.interval);
  std::sort(intervals.begin(), intervals.end());
  intervals.erase(std::unique(intervals.begin(), intervals.end()), intervals.end());

  if (!probe(problem, intervals.back(), SelectionGoal::Any).selection.found)
    reportThatNothingFits(problem);
  bool exact = true;
  size_t low = 0, high = intervals.size() - 1; // high can be met; below low nothing can
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const Probe here = probe(problem, intervals[middle], SelectionGoal::Any);
    if (here.selection.found) {
      high = middle;
    } else {
      low = middle + 1;
      exact &= here.selection.exact;
    }
  }
  const Probe best = probe(problem, intervals[high], SelectionGoal::Least);
  assert(best.selection.found);
  Mapping mapping = chosen(problem, best);
  mapping.exact = exact && best.selection.exact;
  // Without a cut the bound is met. With one, each stage's fastest candidate is what remains certain.
  mapping.bound = mapping.interval;
  if (!exact) {
    mapping.bound = 0;
    for (const Stage &stage : problem.stages) {
      int64_t fastest = intervals.back();
      for (const Candidate &candidate : stage.candidates)
        fastest = std::min(fastest, candidate.interval);
      mapping.bound = std::max(mapping.bound, fastest);
    }
  }
  return mapping;
}

} // namespace mase
