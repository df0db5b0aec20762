// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/training/recipe.h"

#include "mase/support/random.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>
#include <numbers>
#include <numeric>

namespace mase {

std::string Recipe::key() const {
  return fmt::format(
      "steps={} batch={} context={} rate={} warmup={} floor={} decay={} clip={} beta1={} beta2={} epsilon={} "
      "distillation={} temperature={} seed={}",
      steps, batch, context, rate, warmup, floor, decay, clip, beta1, beta2, epsilon, distillation, temperature, seed);
}

double rateAt(const Recipe &recipe, int64_t step) {
  const double at = static_cast<double>(step), steps = static_cast<double>(recipe.steps);
  const double warmup = std::max(1.0, recipe.warmup * steps);
  if (at < warmup)
    return recipe.rate * at / warmup;
  const double progress = steps > warmup ? (at - warmup) / (steps - warmup) : 1;
  return recipe.rate * (recipe.floor + (1 - recipe.floor) * 0.5 * (1 + std::cos(std::numbers::pi * progress)));
}

std::vector<int64_t> sequencesAt(const Recipe &recipe, int64_t step, int64_t ids) {
  assert(ids > recipe.context && "at least one sequence and its last target");
  // A pass has as many pieces wherever it begins: the text without its last context, if it is longer than that.
  const int64_t pieces = std::max<int64_t>(1, (ids - 1) / recipe.context - 1);
  const int64_t room = (ids - 1) - pieces * recipe.context;
  std::vector<int64_t> result, order(static_cast<size_t>(pieces));
  int64_t shuffled = -1, shift = 0;
  for (int64_t i = (step - 1) * recipe.batch; i < step * recipe.batch; ++i) {
    if (const int64_t pass = i / pieces; pass != shuffled) {
      Random random(recipe.seed, static_cast<uint64_t>(pass));
      shift = static_cast<int64_t>(random.below(static_cast<uint64_t>(std::min(room, recipe.context - 1) + 1)));
      std::iota(order.begin(), order.end(), 0);
      for (size_t k = order.size(); k > 1; --k)
        std::swap(order[k - 1], order[random.below(k)]);
      shuffled = pass;
    }
    result.push_back(shift + order[static_cast<size_t>(i % pieces)] * recipe.context);
  }
  return result;
}

} // namespace mase
