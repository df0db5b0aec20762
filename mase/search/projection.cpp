// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/projection.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <tuple>

namespace mase {

Choice project(const Space &space, const std::vector<double> &scores) {
  assert(scores.size() == space.variables.size());
  /// The lambda at which variable `index` drops below choice `from`.
  struct Crossing {
    double lambda;
    size_t index;
    int from;
  };
  Choice choice(scores.size());
  std::vector<Crossing> crossings;
  for (size_t i = 0; i < scores.size(); ++i) {
    double highest = static_cast<double>(space.variables[i].choices.size()) - 1;
    choice[i] = static_cast<int>(std::clamp(std::floor(scores[i] + 0.5), 0.0, highest));
    for (int from = choice[i]; from > 0; --from)
      crossings.push_back({scores[i] - (from - 0.5), i, from});
  }
  double average = space.averageBits(choice);
  if (space.fits(average))
    return choice;
  std::sort(crossings.begin(), crossings.end(), [](const Crossing &a, const Crossing &b) {
    return std::tuple(a.lambda, a.index, -a.from) < std::tuple(b.lambda, b.index, -b.from);
  });

  // Sums in another order would round otherwise: `average` guides, and fits(choice) decides.
  auto step = [&](size_t i, int from) {
    const Variable &variable = space.variables[i];
    return variable.share * (variable.bits[static_cast<size_t>(from)] - variable.bits[static_cast<size_t>(from) - 1]);
  };
  size_t lowered = 0;
  while (lowered < crossings.size() && !(space.fits(average) && space.fits(choice))) {
    const Crossing &crossing = crossings[lowered++];
    average -= step(crossing.index, crossing.from);
    choice[crossing.index] = crossing.from - 1;
  }
  for (size_t k = lowered; k-- > 0;) {
    size_t i = crossings[k].index;
    double raised = average + step(i, choice[i] + 1);
    if (!space.fits(raised))
      continue;
    ++choice[i];
    if (space.fits(choice))
      average = raised;
    else
      --choice[i];
  }
  return choice;
}

} // namespace mase
