// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The inside of selectOptions (selection.h): what its three steps hand on to each other.
///
/// reduce() fills the items; lagrange() gives bound, prices and usually an answer; enumerate() closes what is left
/// between bound and answer. One object a problem.
#pragma once

#include "mase/hardware/selection.h"

#include <limits>

namespace mase::selection {

constexpr int64_t kInfinite = std::numeric_limits<int64_t>::max() / 4;

inline Uses plus(Uses a, const Uses &b) {
  for (size_t k = 0; k < kBudgets; ++k)
    a[k] += b[k];
  return a;
}

inline bool within(const Uses &uses, const Uses &budgets) {
  for (size_t k = 0; k < kBudgets; ++k)
    if (uses[k] > budgets[k])
      return false;
  return true;
}

using Prices = std::array<double, kBudgets>;

inline double priced(const SelectionOption &option, const Prices &prices) {
  double sum = static_cast<double>(option.cost);
  for (size_t k = 0; k < kBudgets; ++k)
    sum += prices[k] * static_cast<double>(option.uses[k]);
  return sum;
}

/// An option that is left, and where it stands in the problem.
struct Kept {
  SelectionOption option;
  int index;
};

struct Item {
  std::vector<Kept> options;
  int index; // in the problem
};

struct Solver {
  const Uses &budgets;
  std::vector<Item> items;
  Prices prices = {};       // of the best bound
  double bound = -1e300;    // Lagrangian, at those prices
  int64_t best = kInfinite; // cost of the answer so far
  std::vector<int> answer;  // by item, an index into Item::options
  bool anyAnswer = false;   // the first one is as good as any
  bool exact = true;        // nothing was left out without a proof

  explicit Solver(const Uses &budgets) : budgets(budgets) {}

  /// Step 1. False when some budget is exceeded even by the least of every item.
  bool reduce(const SelectionProblem &problem);
  /// Step 2.
  void lagrange();
  /// Makes a choice feasible and improves it; an answer if it beats the best.
  void repair(std::vector<int> choice);
  /// Step 3.
  void enumerate(size_t labelLimit);
};

} // namespace mase::selection
