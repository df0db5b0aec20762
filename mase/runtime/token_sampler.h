// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Which token comes next: the most likely one, or one drawn from the distribution that the logits mean.
///
/// A draw goes as Hugging Face's transformers does it (generation/logits_process.py: TemperatureLogitsWarper,
/// TopKLogitsWarper, TopPLogitsWarper, in this order, then softmax): logits / temperature; of them the `topK` greatest;
/// of those the fewest whose probabilities sum to `topP`, and the one that gets there. One thing is stricter: of equal
/// logits the smaller id comes first, where transformers keeps all that equal the last of the top k.
///
/// Everything is computed in double precision, sums in a fixed order. The random number depends on the seed and on the
/// token's place in the text alone (support/random.h), so a text does not depend on threads, and one that is continued
/// from its own ids goes on as it would have.
#pragma once

#include <cstdint>
#include <span>

namespace mase {

struct SamplingOptions {
  double temperature = 1; // above 0
  int64_t topK = 0;       // 0: all
  double topP = 1;        // above 0, at most 1 (all)
  uint64_t seed = 0;
};

/// The greatest, of equals the first. `values` is not empty.
template <typename T>
int32_t mostLikely(std::span<const T> values) {
  size_t best = 0;
  for (size_t i = 1; i < values.size(); ++i)
    if (values[best] < values[i])
      best = i;
  return static_cast<int32_t>(best);
}

/// Immutable; may be used by several threads at once.
class TokenSampler {
public:
  /// Errors  InputError: an option outside its range.
  explicit TokenSampler(const SamplingOptions &options);

  /// logits  one for each token, not empty
  /// place   of the new token in the text, from 0 on
  /// Errors  InputError when a logit is NaN or the greatest is infinite: formats overflowed.
  /// Cost    one exponential and a few comparisons a token; sorts what topK and topP keep
  int32_t draw(std::span<const float> logits, int64_t place) const;

private:
  SamplingOptions options_;
};

} // namespace mase
