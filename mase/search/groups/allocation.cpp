// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/groups/allocation.h"

#include <algorithm>
#include <cassert>
#include <functional>

namespace mase::groups {
namespace {

using Costs = std::vector<std::vector<double>>;
using Limit = std::function<int(size_t)>;

double total(const Costs &cost, const Choice &choice) {
  double sum = 0;
  for (size_t i = 0; i < choice.size(); ++i)
    sum += cost[i][static_cast<size_t>(choice[i])];
  return sum;
}

/// What is left of the budget: one step up at a time, the most saved a bit first.
void fill(const Space &space, const Costs &cost, const Limit &highest, Choice &choice) {
  for (;;) {
    double most = 0;
    size_t winner = choice.size();
    for (size_t i = 0; i < choice.size(); ++i) {
      if (choice[i] >= highest(i))
        continue;
      const auto c = static_cast<size_t>(choice[i]);
      const double bits = space.variables[i].share * (space.variables[i].bits[c + 1] - space.variables[i].bits[c]);
      const double saved = (cost[i][c] - cost[i][c + 1]) / std::max(bits, 1e-12);
      if (saved <= most)
        continue;
      ++choice[i];
      if (space.fits(choice)) {
        most = saved;
        winner = i;
      }
      --choice[i];
    }
    if (winner == choice.size())
      return;
    ++choice[winner];
  }
}

/// Where one price leaves gaps: one tensor a step down for another one up, as long as that saves something.
void exchange(const Space &space, const Costs &cost, const Limit &lowest, const Limit &highest, Choice &choice) {
  auto step = [&](size_t i, int from) {
    const auto c = static_cast<size_t>(from);
    return space.variables[i].share * (space.variables[i].bits[c + 1] - space.variables[i].bits[c]);
  };
  for (size_t round = 0; round < choice.size(); ++round) {
    const double average = space.averageBits(choice);
    double most = 0;
    size_t winnerUp = choice.size(), winnerDown = choice.size();
    for (size_t up = 0; up < choice.size(); ++up) {
      if (choice[up] >= highest(up))
        continue;
      const auto c = static_cast<size_t>(choice[up]);
      const double gain = cost[up][c] - cost[up][c + 1], raised = average + step(up, choice[up]);
      for (size_t down = 0; down < choice.size(); ++down) {
        if (down == up || choice[down] <= lowest(down))
          continue;
        const auto d = static_cast<size_t>(choice[down]);
        const double saved = gain - (cost[down][d - 1] - cost[down][d]);
        if (saved > most && space.fits(raised - step(down, choice[down] - 1))) {
          most = saved;
          winnerUp = up;
          winnerDown = down;
        }
      }
    }
    if (winnerUp == choice.size())
      return;
    ++choice[winnerUp];
    --choice[winnerDown];
    if (!space.fits(choice)) { // sums in another order round otherwise
      --choice[winnerUp];
      ++choice[winnerDown];
      return;
    }
  }
}

} // namespace

Choice allocate(const Space &space, const std::vector<std::vector<double>> &cost, const Choice &center, int down,
                int up) {
  assert(space.fits(center));
  const size_t variables = space.variables.size();
  const Limit lowest = [&](size_t i) { return std::max(center[i] - down, 0); };
  const Limit highest = [&](size_t i) {
    return std::min(center[i] + up, static_cast<int>(space.variables[i].choices.size()) - 1);
  };
  /// Every variable at its least cost, bits paid at `price`.
  auto atPrice = [&](double price) {
    Choice choice(variables);
    for (size_t i = 0; i < variables; ++i) {
      const Variable &variable = space.variables[i];
      auto paid = [&](int c) {
        return cost[i][static_cast<size_t>(c)] + price * variable.share * variable.bits[static_cast<size_t>(c)];
      };
      int best = lowest(i);
      for (int c = best + 1; c <= highest(i); ++c)
        if (paid(c) < paid(best))
          best = c;
      choice[i] = best;
    }
    return choice;
  };

  double low = 0, high = 1e-6;
  while (!space.fits(atPrice(high)) && high < 1e12)
    high *= 4;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (space.fits(atPrice(middle)) ? high : low) = middle;
  }
  Choice choice = atPrice(high);

  fill(space, cost, highest, choice);
  exchange(space, cost, lowest, highest, choice);
  return total(cost, choice) < total(cost, center) ? choice : center;
}

} // namespace mase::groups
