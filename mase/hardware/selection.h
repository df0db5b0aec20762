// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// One option for each item, at least total cost, within several budgets: the multiple-choice knapsack problem with
/// few constraints and small counts, which both objectives of the mapping reduce to.
///
/// Method  1. options that cannot take part are dropped (dominated, or beyond a budget with all others at their least);
///         2. subgradient steps on the Lagrangian give a lower bound and, repaired, a first answer;
///         3. labels (partial sums) go item by item, dropped when dominated, over a budget with the least that the
///            remaining items can take, or unable to beat the answer by the Lagrangian's bound.
/// Step 3 is exhaustive up to those proofs, so an answer with `exact` set is optimal; `exact` is false only when
/// `labelLimit` was met, and the distance to `bound` says how much could be lost. Deterministic; no thread of its own.
/// Source  Kellerer, Pferschy, Pisinger: Knapsack Problems, 2004, chapters 9 and 11
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mase {

constexpr size_t kBudgets = 4;
using Uses = std::array<int64_t, kBudgets>; // all >= 0

struct SelectionOption {
  int64_t cost = 0; // >= 0
  Uses uses = {};
};

struct SelectionProblem {
  std::vector<std::vector<SelectionOption>> items; // each with one option or more
  Uses budgets = {};
};

struct Selection {
  bool found = false;      // without `exact`: an answer may exist nevertheless
  std::vector<int> option; // of each item
  int64_t cost = 0;
  int64_t bound = 0; // no answer costs less
  bool exact = true; // cost is the least there is, or there is no answer
};

enum class SelectionGoal {
  Least, ///< the answer of least cost
  Any,   ///< whether there is an answer: the first that is found, and `exact` is about that alone
};
Selection selectOptions(const SelectionProblem &problem, size_t labelLimit = 200'000,
                        SelectionGoal goal = SelectionGoal::Least);

} // namespace mase
