// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/selection_solver.h"

#include <algorithm>
#include <map>

namespace mase::selection {
namespace {

// A partial answer: the items up to some one. `from` is its place among the labels of the item before.
struct Label {
  int64_t cost = 0;
  Uses uses = {};
  int from = -1, option = -1;
};

// Drops labels that another one dominates. Sorted by cost, a label falls to an earlier one that uses no more; where
// at most two budgets differ among the labels a staircase finds all such, otherwise only equal uses are merged and
// the latest survivors compared: dropping fewer costs time, never the answer.
void dropDominated(std::vector<Label> &labels) {
  std::stable_sort(labels.begin(), labels.end(),
                   [](const Label &a, const Label &b) { return a.cost != b.cost ? a.cost < b.cost : a.uses < b.uses; });
  std::vector<size_t> varying;
  for (size_t k = 0; k < kBudgets; ++k) {
    bool followsCost = true; // a budget of which each label uses its cost plus a constant is sorted already
    for (const Label &label : labels)
      followsCost &= label.uses[k] - label.cost == labels[0].uses[k] - labels[0].cost;
    bool constant = std::all_of(labels.begin(), labels.end(),
                                [&](const Label &label) { return label.uses[k] == labels[0].uses[k]; });
    if (!followsCost && !constant)
      varying.push_back(k);
  }
  std::vector<Label> kept;
  if (varying.size() <= 2) {
    std::map<int64_t, int64_t> stairs; // first use -> least second use at most that far right; falls strictly
    for (const Label &label : labels) {
      int64_t x = varying.empty() ? 0 : label.uses[varying[0]], y = varying.size() < 2 ? 0 : label.uses[varying[1]];
      auto after = stairs.upper_bound(x);
      if (after != stairs.begin() && std::prev(after)->second <= y)
        continue;
      auto at = stairs.insert_or_assign(x, y).first;
      for (auto next = std::next(at); next != stairs.end() && next->second >= y;)
        next = stairs.erase(next);
      kept.push_back(label);
    }
  } else {
    constexpr size_t kCompared = 200;
    for (const Label &label : labels) {
      size_t first = kept.size() > kCompared ? kept.size() - kCompared : 0;
      if (std::none_of(kept.begin() + static_cast<std::ptrdiff_t>(first), kept.end(),
                       [&](const Label &other) { return within(other.uses, label.uses); }))
        kept.push_back(label);
    }
  }
  labels = std::move(kept);
}

} // namespace

void Solver::enumerate(size_t labelLimit) {
  size_t count = items.size();
  // What the items from i on take at least: in each budget, and in priced cost.
  std::vector<Uses> leastUses(count + 1, Uses{});
  std::vector<double> leastPriced(count + 1, 0);
  for (size_t i = count; i-- > 0;) {
    Uses here;
    here.fill(kInfinite);
    double price = 1e300;
    for (const Kept &kept : items[i].options) {
      for (size_t k = 0; k < kBudgets; ++k)
        here[k] = std::min(here[k], kept.option.uses[k]);
      price = std::min(price, priced(kept.option, prices));
    }
    leastUses[i] = plus(leastUses[i + 1], here);
    leastPriced[i] = leastPriced[i + 1] + price;
  }
  double offset = 0;
  for (size_t k = 0; k < kBudgets; ++k)
    offset += prices[k] * static_cast<double>(budgets[k]);
  auto boundOf = [&](const Label &label, size_t next) {
    return priced({label.cost, label.uses}, prices) + leastPriced[next] - offset;
  };

  // The options of each item that the bound leaves: with any other, even the least of all items costs too much.
  std::vector<std::vector<int>> left(count);
  for (size_t i = 0; i < count; ++i)
    for (size_t o = 0; o < items[i].options.size(); ++o)
      if (leastPriced[0] - (leastPriced[i] - leastPriced[i + 1]) + priced(items[i].options[o].option, prices) -
              offset <=
          static_cast<double>(best - 1) + 1e-6)
        left[i].push_back(static_cast<int>(o));

  std::vector<std::vector<Label>> levels = {{Label{}}};
  for (size_t i = 0; i < count; ++i) {
    std::vector<Label> next;
    const std::vector<Label> &now = levels.back();
    for (size_t l = 0; l < now.size(); ++l)
      for (int o : left[i]) {
        const SelectionOption &option = items[i].options[o].option;
        Label label{now[l].cost + option.cost, plus(now[l].uses, option.uses), static_cast<int>(l),
                    static_cast<int>(o)};
        if (within(plus(label.uses, leastUses[i + 1]), budgets) &&
            boundOf(label, i + 1) <= static_cast<double>(best - 1) + 1e-6)
          next.push_back(label);
      }
    if (!next.empty())
      dropDominated(next);
    if (next.size() > labelLimit) { // keep those of the best bound
      exact = false;
      std::stable_sort(next.begin(), next.end(),
                       [&](const Label &a, const Label &b) { return boundOf(a, i + 1) < boundOf(b, i + 1); });
      next.resize(labelLimit);
    }
    levels.push_back(std::move(next));
  }
  if (levels.back().empty())
    return;
  auto last = std::min_element(levels.back().begin(), levels.back().end(),
                               [](const Label &a, const Label &b) { return a.cost < b.cost; });
  if (last->cost >= best) // the bound lets a complete label pass that does not beat the answer
    return;
  best = last->cost;
  answer.assign(count, 0);
  const Label *label = &*last;
  for (size_t i = count; i-- > 0;) {
    answer[i] = label->option;
    label = &levels[i][label->from];
  }
}

} // namespace mase::selection
