// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/selection.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace mase {
namespace {

constexpr int64_t kInfinite = std::numeric_limits<int64_t>::max() / 4;
constexpr int kSubgradientSteps = 300;

Uses operator+(Uses a, const Uses &b) {
  for (size_t k = 0; k < kBudgets; ++k)
    a[k] += b[k];
  return a;
}

bool within(const Uses &uses, const Uses &budgets) {
  for (size_t k = 0; k < kBudgets; ++k)
    if (uses[k] > budgets[k])
      return false;
  return true;
}

using Prices = std::array<double, kBudgets>;

double priced(const SelectionOption &option, const Prices &prices) {
  double sum = static_cast<double>(option.cost);
  for (size_t k = 0; k < kBudgets; ++k)
    sum += prices[k] * static_cast<double>(option.uses[k]);
  return sum;
}

// An option that is left, and where it stands in the problem.
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
  bool exact = true;

  explicit Solver(const Uses &budgets) : budgets(budgets) {}

  bool reduce(const SelectionProblem &problem);
  void lagrange();
  void repair(std::vector<int> choice);
  void enumerate(size_t labelLimit);
};

bool dominates(const SelectionOption &a, const SelectionOption &b) {
  return a.cost <= b.cost && within(a.uses, b.uses);
}

// Step 1. False when some budget is exceeded even by the least of every item.
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
    least = least + here;
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
      used = used + item.options[chosen].option.uses;
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
    repair(std::move(choice));
    if (bound > static_cast<double>(std::min(best - 1, most)) + 1e-6)
      return; // the answer is optimal, or there is none
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
    used = used + items[i].options[choice[i]].option.uses;
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

// Step 3.
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
    leastUses[i] = leastUses[i + 1] + here;
    leastPriced[i] = leastPriced[i + 1] + price;
  }
  double offset = 0;
  for (size_t k = 0; k < kBudgets; ++k)
    offset += prices[k] * static_cast<double>(budgets[k]);
  auto boundOf = [&](const Label &label, size_t next) {
    return priced({label.cost, label.uses}, prices) + leastPriced[next] - offset;
  };

  std::vector<std::vector<Label>> levels = {{Label{}}};
  for (size_t i = 0; i < count; ++i) {
    std::vector<Label> next;
    const std::vector<Label> &now = levels.back();
    for (size_t l = 0; l < now.size(); ++l)
      for (size_t o = 0; o < items[i].options.size(); ++o) {
        const SelectionOption &option = items[i].options[o].option;
        Label label{now[l].cost + option.cost, now[l].uses + option.uses, static_cast<int>(l), static_cast<int>(o)};
        if (within(label.uses + leastUses[i + 1], budgets) &&
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

} // namespace

Selection selectOptions(const SelectionProblem &problem, size_t labelLimit) {
  Solver solver(problem.budgets);
  Selection result;
  if (!solver.reduce(problem))
    return result;
  // Items with most at stake first: their labels are pruned by the bound of the many small ones.
  std::stable_sort(solver.items.begin(), solver.items.end(), [](const Item &a, const Item &b) {
    auto largest = [](const Item &item) {
      int64_t most = 0;
      for (const Kept &kept : item.options)
        most = std::max(most, kept.option.cost);
      return most;
    };
    return largest(a) > largest(b);
  });
  solver.lagrange();
  int64_t bound = static_cast<int64_t>(std::ceil(solver.bound - 1e-6));
  if (bound < solver.best)
    solver.enumerate(labelLimit);
  result.exact = solver.exact;
  if (solver.best == kInfinite)
    return result;
  result.found = true;
  result.option.resize(problem.items.size());
  for (size_t i = 0; i < solver.items.size(); ++i)
    result.option[solver.items[i].index] = solver.items[i].options[solver.answer[i]].index;
  result.cost = solver.best;
  result.exact |= bound >= solver.best;
  result.bound = result.exact ? result.cost : std::max<int64_t>(0, bound);
  return result;
}

} // namespace mase
