// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/selection_solver.h"

#include <algorithm>
#include <cmath>

namespace mase::selection {

namespace {
constexpr int kSubgradientSteps = 300;
constexpr int kStepsARepair = 10;
} // namespace

// Step 2. Any prices >= 0 give a lower bound; steps follow the excess over each budget, Polyak's length.
void Solver::lagrange() {
  int64_t most = 0; // cost of every item's dearest option: no answer costs more
  for (const Item &item : items) {
    int64_t dearest = 0;
    for (const Kept &kept : item.options)
      dearest = std::max(dearest, kept.option.cost);
    most += dearest;
  }
  Prices at = {};
  double length = 1.0;
  int stale = 0;
  for (int step = 0; step < kSubgradientSteps; ++step) {
    double value = 0;
    Uses used = {};
    std::vector<int> choice;
    for (const Item &item : items) {
      int chosen = 0;
      double least = 1e300;
      for (size_t o = 0; o < item.options.size(); ++o)
        if (double price = priced(item.options[o].option, at); price < least) {
          least = price;
          chosen = static_cast<int>(o);
        }
      value += least;
      used = plus(used, item.options[chosen].option.uses);
      choice.push_back(chosen);
    }
    for (size_t k = 0; k < kBudgets; ++k)
      value -= at[k] * static_cast<double>(budgets[k]);
    if (value > bound) {
      bound = value;
      prices = at;
      stale = 0;
    } else if (++stale == 10) {
      stale = 0;
      length /= 2;
    }
    if (step % kStepsARepair == 0)
      repair(std::move(choice));
    if (bound > static_cast<double>(std::min(best - 1, most)) + 1e-6)
      return; // the answer is optimal, or there is none
    if (anyAnswer && best < kInfinite)
      return;
    double norm = 0;
    for (size_t k = 0; k < kBudgets; ++k) {
      double excess = static_cast<double>(used[k] - budgets[k]) / static_cast<double>(budgets[k] + 1);
      if (at[k] > 0 || excess > 0)
        norm += excess * excess;
    }
    if (norm == 0)
      return;
    double target = static_cast<double>(std::min(best, most + 1));
    double stride = length * std::max(target - value, 1e-9) / norm;
    for (size_t k = 0; k < kBudgets; ++k) {
      double scale = static_cast<double>(budgets[k] + 1);
      double excess = static_cast<double>(used[k] - budgets[k]) / scale;
      at[k] = std::max(0.0, at[k] + stride * excess / scale);
    }
  }
}

// Makes a choice feasible by the exchanges that mend most excess for their cost, then improves it by single exchanges.
void Solver::repair(std::vector<int> choice) {
  Uses used = {};
  int64_t cost = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    used = plus(used, items[i].options[choice[i]].option.uses);
    cost += items[i].options[choice[i]].option.cost;
  }
  auto excess = [this](const Uses &uses) {
    double sum = 0;
    for (size_t k = 0; k < kBudgets; ++k)
      sum += static_cast<double>(std::max<int64_t>(0, uses[k] - budgets[k])) / static_cast<double>(budgets[k] + 1);
    return sum;
  };
  auto exchanged = [](Uses uses, const SelectionOption &out, const SelectionOption &in) {
    for (size_t k = 0; k < kBudgets; ++k)
      uses[k] += in.uses[k] - out.uses[k];
    return uses;
  };
  while (true) {
    double now = excess(used);
    size_t bestItem = items.size();
    int bestOption = 0;
    double bestScore = 0;
    for (size_t i = 0; i < items.size(); ++i) {
      const SelectionOption &out = items[i].options[choice[i]].option;
      for (size_t o = 0; o < items[i].options.size(); ++o) {
        const SelectionOption &in = items[i].options[o].option;
        double gain = now - excess(exchanged(used, out, in));
        double saved = static_cast<double>(out.cost - in.cost);
        // While over budget: excess mended for each unit of cost. Within it: cost saved, staying within.
        double score = now > 0 ? (gain > 1e-12 ? gain / std::max(1.0, -saved) : 0) : (gain >= 0 ? saved : 0);
        if (score > bestScore) {
          bestScore = score;
          bestItem = i;
          bestOption = static_cast<int>(o);
        }
      }
    }
    if (bestItem == items.size())
      break;
    const SelectionOption &out = items[bestItem].options[choice[bestItem]].option;
    const SelectionOption &in = items[bestItem].options[bestOption].option;
    used = exchanged(used, out, in);
    cost += in.cost - out.cost;
    choice[bestItem] = bestOption;
  }
  if (within(used, budgets) && cost < best) {
    best = cost;
    answer = std::move(choice);
  }
}

} // namespace mase::selection
