// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The inner loops of attention at level 3 in SIMD integers (docs/operators.md, O14 and O16). Thread-safe.
#pragma once

#include <cstdint>
#include <vector>

namespace mase {

/// Keys of one head, in panels of 16: pairs of features side by side.
struct KeyPanels {
  static constexpr int64_t panel = 16;
  int64_t keys = 0, features = 0; // features: even
  std::vector<int16_t> element;   // panels x features / 2 x 16 x 2
};

/// key  keys rows of `features` elements, with so many from row to row
KeyPanels packKeys(const int16_t *key, int64_t stride, int64_t keys, int64_t features);

/// term[k] = the sum of the products of a query and key k, for the first `keys` of them rounded up to a panel: exact in
/// 32 bits. `term` has room for that many.
void queryTerms(const KeyPanels &panels, const int16_t *query, int64_t keys, int32_t *term);

/// A score's way from its exact term to its format (O14): rs(rs(term, right[k] - exponent), extraBits), each saturated,
/// for `keys` of them; |term| < 2^26.
void alignScores(const int32_t *term, const int64_t *right, int64_t exponent, int64_t keys, int extraBits,
                 int64_t largestTerm, int64_t largestScore, int32_t *score);

/// sum[c] += share[k] * value[k * stride + c] over all keys, exactly; |share * value| < 2^30 each.
/// together  so many products have a sum below 2^31
void addShares(const int32_t *share, const int32_t *value, int64_t stride, int64_t keys, int64_t features,
               int64_t together, int64_t *sum);

} // namespace mase
