// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/mapping_selection.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace mase {
namespace {

constexpr size_t kLabelLimit = 50'000;

// What the slowest stage may take, of those that take the same for each row and of those that grow.
struct Bounds {
  int64_t fixed = std::numeric_limits<int64_t>::max(), growing = std::numeric_limits<int64_t>::max();
};

// The stages' choices within bounds, and a selection of them.
struct Probe {
  std::vector<std::vector<StageChoice>> choices;
  Selection selection;
};

Probe probe(const MappingProblem &problem, const Bounds &bounds, SelectionGoal goal) {
  Probe result;
  SelectionProblem selection;
  selection.budgets = usesOf(problem.budget);
  for (const Stage &stage : problem.stages) {
    auto &choices = result.choices.emplace_back();
    auto &options = selection.items.emplace_back();
    for (size_t c = 0; c < stage.candidates.size(); ++c) {
      const Candidate &candidate = stage.candidates[c];
      if (candidate.interval > (candidate.grows ? bounds.growing : bounds.fixed))
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

// The candidates' intervals, ascending; of stages that grow, or of the others. None: 0.
std::vector<int64_t> intervalsOf(const MappingProblem &problem, bool grows) {
  std::vector<int64_t> intervals;
  for (const Stage &stage : problem.stages)
    for (const Candidate &candidate : stage.candidates)
      if (candidate.grows == grows)
        intervals.push_back(candidate.interval);
  if (intervals.empty())
    intervals.push_back(0);
  std::sort(intervals.begin(), intervals.end());
  intervals.erase(std::unique(intervals.begin(), intervals.end()), intervals.end());
  return intervals;
}

// Whether bounds can be met only ever changes from no to yes as one of them grows (choices are added, none removed),
// and the least are some candidates' intervals. So, as the bound of growing stages falls, the least that the others can
// have beside it only rises, and each is found by bisection.
class Search {
public:
  explicit Search(const MappingProblem &problem)
      : problem_(problem), fixed_(intervalsOf(problem, false)), growing_(intervalsOf(problem, true)) {}

  Bounds best() {
    size_t least = 0; // no bound of the fixed stages below this one can be met
    for (size_t g = growing_.size(); g-- > 0;) {
      size_t most = fixed_.size(); // above, nothing better is left
      while (most > least && meanInterval(fixed_[most - 1], growing_[g]) >= best_)
        --most;
      if (most == least || !canBeMet(most - 1, g))
        continue;
      size_t low = least, high = most - 1; // as a rule what was enough for more cycles is enough for fewer
      if (low < high && canBeMet(low, g))
        high = low;
      for (++low; low < high;) {
        const size_t middle = low + (high - low) / 2;
        if (canBeMet(middle, g))
          high = middle;
        else
          low = middle + 1;
      }
      least = high;
      best_ = meanInterval(fixed_[high], growing_[g]);
      bounds_ = {fixed_[high], growing_[g]};
    }
    return bounds_;
  }
  bool isExact() const { return exact_; }

private:
  bool canBeMet(size_t fixed, size_t growing) {
    const Probe here = probe(problem_, {fixed_[fixed], growing_[growing]}, SelectionGoal::Any);
    if (!here.selection.found)
      exact_ &= here.selection.exact;
    return here.selection.found;
  }

  const MappingProblem &problem_;
  const std::vector<int64_t> fixed_, growing_;
  double best_ = std::numeric_limits<double>::infinity();
  Bounds bounds_;
  bool exact_ = true;
};

} // namespace

Mapping solveForArea(const MappingProblem &problem) {
  assert(check(problem).empty());
  const Probe any = probe(problem, {}, SelectionGoal::Least);
  if (!any.selection.found)
    reportThatNothingFits(problem);
  Mapping mapping = chosen(problem, any);
  mapping.exact = any.selection.exact;
  mapping.bound = any.selection.bound;
  return mapping;
}

Mapping solveByBisection(const MappingProblem &problem) {
  assert(check(problem).empty());
  if (!probe(problem, {}, SelectionGoal::Any).selection.found)
    reportThatNothingFits(problem);
  Search search(problem);
  const Probe best = probe(problem, search.best(), SelectionGoal::Least);
  assert(best.selection.found);
  Mapping mapping = chosen(problem, best);
  mapping.exact = search.isExact() && best.selection.exact;
  // Without a cut the bound is met. With one, each stage's fastest candidate is what remains certain.
  mapping.bound = mapping.interval;
  if (!search.isExact()) {
    mapping.bound = 0;
    for (const Stage &stage : problem.stages) {
      double fastest = std::numeric_limits<double>::infinity();
      for (const Candidate &candidate : stage.candidates)
        fastest = std::min(fastest, candidate.grows ? meanInterval(0, candidate.interval)
                                                    : static_cast<double>(candidate.interval));
      mapping.bound = std::max(mapping.bound, static_cast<int64_t>(std::ceil(fastest)));
    }
  }
  return mapping;
}

} // namespace mase
