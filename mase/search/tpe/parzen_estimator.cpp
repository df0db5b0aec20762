// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/tpe/parzen_estimator.h"

#include "mase/search/tpe/truncated_normal.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <numeric>

namespace mase::tpe {

std::vector<double> observationWeights(size_t n) {
  constexpr size_t recent = 25;
  std::vector<double> weights(n, 1.0);
  if (n <= recent)
    return weights;
  size_t old = n - recent;
  double first = 1.0 / static_cast<double>(n);
  double step = old > 1 ? (1 - first) / static_cast<double>(old - 1) : 0;
  for (size_t i = 0; i < old; ++i)
    weights[i] = first + static_cast<double>(i) * step;
  return weights;
}

ParzenEstimator::ParzenEstimator(const std::vector<int> &observations, int choices) {
  assert(choices > 0);
  const double low = -0.5, high = choices - 0.5;
  weights_ = observationWeights(observations.size());
  weights_.push_back(1); // the prior
  const double total = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (double &weight : weights_)
    weight /= total;
  mus_.assign(observations.begin(), observations.end());
  mus_.push_back(0.5 * (low + high));
  setSigmas(low, high);

  std::map<std::pair<double, double>, double> components; // (mu, sigma): weight
  for (size_t i = 0; i < mus_.size(); ++i)
    components[{mus_[i], sigmas_[i]}] += weights_[i];
  std::vector<double> probability(static_cast<size_t>(choices));
  // Each component has some mass within half a step of its centre, so no sum below vanishes through its prior.
  for (const auto &[component, weight] : components) {
    const auto [mu, sigma] = component;
    const double accepted = logNormalMass((low - mu) / sigma, (high - mu) / sigma);
    for (int choice = 0; choice < choices; ++choice)
      probability[static_cast<size_t>(choice)] +=
          weight * std::exp(logNormalMass((choice - 0.5 - mu) / sigma, (choice + 0.5 - mu) / sigma) - accepted);
  }
  for (double p : probability)
    logProbability_.push_back(std::log(p));
}

void ParzenEstimator::setSigmas(double low, double high) {
  const size_t n = mus_.size();
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return mus_[a] < mus_[b]; });
  const double widest = high - low;
  const double narrowest = widest / std::min(100.0, 1.0 + static_cast<double>(n));
  sigmas_.assign(n, 0);
  for (size_t k = 0; k < n; ++k) {
    // The ends of the range are no neighbours, unless there is no other.
    const bool alone = n == 1;
    const double left = k > 0 ? mus_[order[k]] - mus_[order[k - 1]] : alone ? mus_[order[k]] - low : 0;
    const double right = k + 1 < n ? mus_[order[k + 1]] - mus_[order[k]] : alone ? high - mus_[order[k]] : 0;
    sigmas_[order[k]] = std::clamp(std::max(left, right), narrowest, widest);
  }
  sigmas_.back() = widest; // the prior's
}

int ParzenEstimator::sample(Random &random) const {
  // Component first, value within it second, or the sum of both at once: the same distribution.
  double left = random.uniform();
  const int last = static_cast<int>(logProbability_.size()) - 1;
  for (int choice = 0; choice < last; ++choice)
    if ((left -= std::exp(logProbability(choice))) < 0)
      return choice;
  return last;
}

} // namespace mase::tpe
