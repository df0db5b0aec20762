// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/groups/incumbent.h"

#include "mase/search/paired.h"

#include <algorithm>
#include <cmath>

namespace mase::groups {
namespace {

/// Part of the tensors that the first exchange may move; what the radius is multiplied with after an exchange that
/// became the incumbent, and after one that did not.
constexpr double firstRadius = 0.2, widen = 1.6, narrow = 0.85, leastRadius = 3;
/// Standard errors of their paired difference by which a trial must beat the incumbent.
constexpr double significance = 1;

bool beats(const Trial &trial, const Trial &incumbent) {
  if (!std::isfinite(trial.cost) || !std::isfinite(incumbent.cost))
    return trial.cost < incumbent.cost;
  if (windowCosts(trial.evaluation).size() != windowCosts(incumbent.evaluation).size())
    return trial.cost < incumbent.cost;
  const PairedDifference difference = pairedDifference(trial.evaluation, incumbent.evaluation);
  return trial.cost - incumbent.cost < -significance * difference.standardError;
}

} // namespace

Incumbent::Incumbent(size_t tensors)
    : tensors_(tensors), radius_(std::max(firstRadius * static_cast<double>(tensors), leastRadius)) {}

void Incumbent::step(const Trial &trial, std::span<const Trial> history, bool isExchange) {
  const bool better = beats(trial, history[place_]);
  if (better)
    place_ = static_cast<size_t>(&trial - history.data());
  if (isExchange)
    radius_ = std::clamp(radius_ * (better ? widen : narrow), leastRadius,
                         std::max(static_cast<double>(tensors_), leastRadius));
}

} // namespace mase::groups
