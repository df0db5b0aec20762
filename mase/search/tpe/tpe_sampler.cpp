// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/tpe/tpe_sampler.h"

#include "mase/search/random_sampler.h"
#include "mase/search/tpe/parzen_estimator.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace mase {

size_t tpe::belowCount(size_t n) { return std::min<size_t>((n + 9) / 10, 25); }

tpe::Split tpe::split(const std::vector<double> &costs, size_t count) {
  std::vector<size_t> order(costs.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return costs[a] < costs[b]; });
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(std::min(count, order.size()));
  Split split = {{order.begin(), middle}, {middle, order.end()}};
  std::sort(split.below.begin(), split.below.end());
  std::sort(split.above.begin(), split.above.end());
  return split;
}

std::vector<double> TpeSampler::propose(int number, std::span<const Trial> history) {
  if (history.size() < startupTrials)
    return RandomSampler(space_, seed_).propose(number, history);
  std::vector<double> costs;
  for (const Trial &trial : history)
    costs.push_back(trial.cost);
  const tpe::Split split = tpe::split(costs, tpe::belowCount(costs.size()));

  Random random(seed_, static_cast<uint64_t>(number));
  std::vector<double> scores;
  for (size_t variable = 0; variable < space_.variables.size(); ++variable) {
    auto estimate = [&](const std::vector<size_t> &places) {
      std::vector<int> observed;
      for (size_t place : places)
        observed.push_back(history[place].choice[variable]);
      return tpe::ParzenEstimator(observed, static_cast<int>(space_.variables[variable].choices.size()));
    };
    const tpe::ParzenEstimator below = estimate(split.below), above = estimate(split.above);
    int winner = 0;
    double most = -std::numeric_limits<double>::infinity();
    for (int i = 0; i < candidates; ++i) {
      const int candidate = below.sample(random);
      const double ratio = below.logProbability(candidate) - above.logProbability(candidate);
      if (ratio > most) {
        most = ratio;
        winner = candidate;
      }
    }
    scores.push_back(winner + random.uniform() - 0.5);
  }
  return scores;
}

} // namespace mase
