// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/token_sampler.h"

#include "mase/support/error.h"
#include "mase/support/random.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <vector>

namespace mase {
namespace {

/// exp((logit - greatest) / temperature) of each token.
std::vector<double> weightsOf(std::span<const float> logits, double temperature) {
  const auto best = static_cast<size_t>(mostLikely(logits));
  const double greatest = logits[best];
  std::vector<double> weights(logits.size());
  for (size_t i = 0; i < logits.size(); ++i) {
    if (const size_t bad = std::isinf(greatest) ? best : i; !std::isfinite(greatest) || std::isnan(logits[i]))
      fail("logit {} is {}, and nothing can be drawn (formats with a wider range give numbers)", bad, logits[bad]);
    weights[i] = std::exp((static_cast<double>(logits[i]) - greatest) / temperature);
  }
  return weights;
}

/// The fewest of `ids` whose weights come to `share` of all of theirs, the heaviest first.
void keepNucleus(std::vector<int32_t> &ids, const std::vector<double> &weights, double share, const auto &before) {
  double all = 0;
  for (int32_t id : ids)
    all += weights[static_cast<size_t>(id)];
  // A heap gives them in order and orders no more than are kept.
  const auto behind = [&](int32_t a, int32_t b) { return before(b, a); };
  std::make_heap(ids.begin(), ids.end(), behind);
  double sum = 0;
  auto rest = ids.end();
  while (rest != ids.begin() && (rest == ids.end() || sum < share * all)) {
    std::pop_heap(ids.begin(), rest, behind);
    sum += weights[static_cast<size_t>(*--rest)];
  }
  ids.erase(ids.begin(), rest);
  std::reverse(ids.begin(), ids.end());
}

} // namespace

TokenSampler::TokenSampler(const SamplingOptions &options) : options_(options) {
  if (!(options.temperature > 0) || std::isinf(options.temperature))
    fail("temperature {} is no positive number (1 leaves the distribution as it is; no sampling option: the most "
         "likely token)",
         options.temperature);
  if (options.topK < 0)
    fail("top-k {} is negative (0 keeps all tokens)", options.topK);
  if (!(options.topP > 0 && options.topP <= 1))
    fail("top-p {} is no share of the probability (above 0, at most 1, which keeps all tokens)", options.topP);
}

int32_t TokenSampler::draw(std::span<const float> logits, int64_t place) const {
  assert(!logits.empty());
  const std::vector<double> weights = weightsOf(logits, options_.temperature);
  const auto before = [&](int32_t a, int32_t b) {
    const float x = logits[static_cast<size_t>(a)], y = logits[static_cast<size_t>(b)];
    return x > y || (x == y && a < b);
  };
  std::vector<int32_t> ids(logits.size());
  std::iota(ids.begin(), ids.end(), 0);
  if (options_.topK > 0 && options_.topK < static_cast<int64_t>(ids.size())) {
    std::partial_sort(ids.begin(), ids.begin() + options_.topK, ids.end(), before);
    ids.resize(static_cast<size_t>(options_.topK));
  }
  if (options_.topP < 1)
    keepNucleus(ids, weights, options_.topP, before);
  double all = 0;
  for (int32_t id : ids)
    all += weights[static_cast<size_t>(id)];
  const double target = Random(options_.seed, static_cast<uint64_t>(place)).uniform() * all;
  double sum = 0;
  int32_t drawn = ids.front();
  for (int32_t id : ids) {
    const double weight = weights[static_cast<size_t>(id)];
    if (weight == 0)
      continue; // too small for a double: never drawn, not even where the target rounds to the sum
    drawn = id;
    sum += weight;
    if (sum > target)
      break;
  }
  return drawn;
}

} // namespace mase
