// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/selection_solver.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace mase {
namespace selection {
namespace {

bool dominates(const SelectionOption &a, const SelectionOption &b) {
  return a.cost <= b.cost && within(a.uses, b.uses);
}

} // namespace

bool Solver::reduce(const SelectionProblem &problem) {
  Uses least = {};
  std::vector<Uses> leastOf;
  for (const auto &options : problem.items) {
    assert(!options.empty());
    Uses here = options.front().uses;
    for (const SelectionOption &option : options)
      for (size_t k = 0; k < kBudgets; ++k)
        here[k] = std::min(here[k], option.uses[k]);
    leastOf.push_back(here);
    least = plus(least, here);
  }
  if (!within(least, budgets))
    return false;
  for (size_t i = 0; i < problem.items.size(); ++i) {
    Item item{{}, static_cast<int>(i)};
    Uses room = budgets;
    for (size_t k = 0; k < kBudgets; ++k)
      room[k] -= least[k] - leastOf[i][k];
    const auto &options = problem.items[i];
    for (size_t o = 0; o < options.size(); ++o) {
      bool drop = !within(options[o].uses, room);
      for (size_t other = 0; other < options.size() && !drop; ++other)
        drop = other != o && dominates(options[other], options[o]) &&
               (other < o || !dominates(options[o], options[other])); // of equals the first stays
      if (!drop)
        item.options.push_back({options[o], static_cast<int>(o)});
    }
    if (item.options.empty())
      return false;
    items.push_back(std::move(item));
  }
  return true;
}

} // namespace selection

Selection selectOptions(const SelectionProblem &problem, size_t labelLimit, SelectionGoal goal) {
  selection::Solver solver(problem.budgets);
  solver.anyAnswer = goal == SelectionGoal::Any;
  Selection result;
  if (!solver.reduce(problem))
    return result;
  // Items with most at stake first: their labels are pruned by the bound of the many small ones.
  std::stable_sort(solver.items.begin(), solver.items.end(), [](const selection::Item &a, const selection::Item &b) {
    auto largest = [](const selection::Item &item) {
      int64_t most = 0;
      for (const selection::Kept &kept : item.options)
        most = std::max(most, kept.option.cost);
      return most;
    };
    return largest(a) > largest(b);
  });
  solver.lagrange();
  int64_t bound = static_cast<int64_t>(std::ceil(solver.bound - 1e-6));
  const bool isEnough = solver.anyAnswer && solver.best < selection::kInfinite;
  if (bound < solver.best && !isEnough)
    solver.enumerate(labelLimit);
  result.exact = solver.exact;
  if (solver.best == selection::kInfinite)
    return result;
  result.found = true;
  result.option.resize(problem.items.size());
  for (size_t i = 0; i < solver.items.size(); ++i)
    result.option[solver.items[i].index] = solver.items[i].options[solver.answer[i]].index;
  result.cost = solver.best;
  result.exact |= bound >= solver.best;
  if (isEnough)
    result.exact = true;
  result.bound = result.exact && !isEnough ? result.cost : std::max<int64_t>(0, bound);
  return result;
}

} // namespace mase
