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

/// Values of one head, in pairs of keys side by side, features padded with zeros to whole groups of 32.
struct ValuePairs {
  static constexpr int64_t group = 32;
  int64_t keys = 0, width = 0;  // width: features, padded
  std::vector<int16_t> element; // keys / 2 rounded up x width x 2
};

/// value  keys rows of `features` elements of up to 15 bits and a sign, with so many from row to row
ValuePairs packValues(const int32_t *value, int64_t stride, int64_t keys, int64_t features);

/// The negatives of `keys` shares, 0 <= share <= 2^15, which fit 16 bits, and zeros up to `room`. Returns their sum.
int64_t packShares(const int32_t *share, int64_t keys, int64_t room, int16_t *packed);

/// sum[r * width + c] = the sum of share * value over `keys` keys, an even number or all, exactly.
/// packed    rows of packShares, with so many from row to row
/// together  so many products have a sum below 2^31; 2 always have
void weightedValues(const ValuePairs &values, const int16_t *packed, int64_t stride, int64_t rows, int64_t keys,
                    int64_t together, int64_t *sum);

} // namespace mase
