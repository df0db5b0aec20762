// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/selection.h"

#include "mase/support/random.h"

#include <gtest/gtest.h>
#include <optional>

namespace mase {
namespace {

// The slow, obvious reference: every combination.
std::optional<int64_t> leastCost(const SelectionProblem &problem, size_t item = 0, int64_t cost = 0, Uses used = {}) {
  for (size_t k = 0; k < kBudgets; ++k)
    if (used[k] > problem.budgets[k])
      return std::nullopt;
  if (item == problem.items.size())
    return cost;
  std::optional<int64_t> best;
  for (const SelectionOption &option : problem.items[item]) {
    Uses next = used;
    for (size_t k = 0; k < kBudgets; ++k)
      next[k] += option.uses[k];
    std::optional<int64_t> found = leastCost(problem, item + 1, cost + option.cost, next);
    if (found && (!best || *found < *best))
      best = found;
  }
  return best;
}

SelectionProblem randomProblem(uint64_t seed) {
  Random random(seed);
  SelectionProblem problem;
  size_t items = 1 + random.below(6);
  Uses most = {};
  for (size_t i = 0; i < items; ++i) {
    auto &options = problem.items.emplace_back(1 + random.below(6));
    Uses here = {};
    for (SelectionOption &option : options) {
      option.cost = static_cast<int64_t>(random.below(100));
      for (size_t k = 0; k < kBudgets; ++k) {
        // Budget 1 is often unused, as DSPs are; the others trade against the cost.
        option.uses[k] = k == 1 && seed % 2 ? 0 : static_cast<int64_t>(random.below(20));
        here[k] = std::max(here[k], option.uses[k]);
      }
    }
    for (size_t k = 0; k < kBudgets; ++k)
      most[k] += here[k];
  }
  for (size_t k = 0; k < kBudgets; ++k)
    problem.budgets[k] = static_cast<int64_t>(static_cast<double>(most[k]) * (0.2 + 0.7 * random.uniform()));
  return problem;
}

TEST(Selection, AgreesWithEveryCombination) {
  int feasible = 0, infeasible = 0;
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    SelectionProblem problem = randomProblem(seed);
    std::optional<int64_t> expected = leastCost(problem);
    Selection found = selectOptions(problem);
    ASSERT_EQ(found.found, expected.has_value()) << "seed " << seed;
    ++(expected ? feasible : infeasible);
    if (!found.found)
      continue;
    ASSERT_TRUE(found.exact);
    ASSERT_EQ(found.cost, *expected) << "seed " << seed;
    Uses used = {};
    int64_t cost = 0;
    for (size_t i = 0; i < problem.items.size(); ++i) {
      const SelectionOption &option = problem.items[i].at(found.option[i]);
      cost += option.cost;
      for (size_t k = 0; k < kBudgets; ++k)
        used[k] += option.uses[k];
    }
    ASSERT_EQ(cost, found.cost);
    for (size_t k = 0; k < kBudgets; ++k)
      ASSERT_LE(used[k], problem.budgets[k]);
  }
  EXPECT_GT(feasible, 500);
  EXPECT_GT(infeasible, 500);
}

TEST(Selection, ACutSearchSaysSo) {
  int cut = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    SelectionProblem problem = randomProblem(seed);
    Selection found = selectOptions(problem, 1);
    if (!found.found)
      continue;
    std::optional<int64_t> least = leastCost(problem);
    ASSERT_LE(found.bound, *least) << "seed " << seed;
    ASSERT_GE(found.cost, *least);
    if (found.exact) {
      ASSERT_EQ(found.cost, *least) << "seed " << seed;
    }
    cut += !found.exact;
  }
  EXPECT_GT(cut, 0);
}

} // namespace
} // namespace mase
