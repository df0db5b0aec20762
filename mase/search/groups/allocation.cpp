// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/groups/allocation.h"

#include <algorithm>
#include <cassert>

namespace mase::groups {

Choice allocate(const Space &space, const std::vector<std::vector<double>> &cost, const Choice &center, int down,
                int up) {
  assert(space.fits(center));
  const size_t variables = space.variables.size();
  auto lowest = [&](size_t i) { return std::max(center[i] - down, 0); };
  auto highest = [&](size_t i) {
    return std::min(center[i] + up, static_cast<int>(space.variables[i].choices.size()) - 1);
  };
  /// Every variable at its least cost, bits paid at `price`.
  auto atPrice = [&](double price) {
    Choice choice(variables);
    for (size_t i = 0; i < variables; ++i) {
      const Variable &variable = space.variables[i];
      auto total = [&](int c) {
        return cost[i][static_cast<size_t>(c)] + price * variable.share * variable.bits[static_cast<size_t>(c)];
      };
      int best = lowest(i);
      for (int c = best + 1; c <= highest(i); ++c)
        if (total(c) < total(best))
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

  // One step up at a time, the most saved a bit first.
  for (;;) {
    double most = 0;
    size_t winner = variables;
    for (size_t i = 0; i < variables; ++i) {
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
    if (winner == variables)
      return choice;
    ++choice[winner];
  }
}

} // namespace mase::groups
