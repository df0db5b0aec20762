// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/matmul/attention_kernels.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/matmul/attention_kernels.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using I = hn::CappedTag<int32_t, 16>;
using Words = hn::Repartition<int16_t, I>;

void queryTerms(const KeyPanels &panels, const int16_t *query, int64_t keys, int32_t *term) {
  const I i;
  const Words words;
  const auto lanes = static_cast<int64_t>(hn::Lanes(i));
  const int64_t pairs = panels.features / 2;
  for (int64_t first = 0; first < keys; first += KeyPanels::panel) {
    const int16_t *panel = panels.element.data() + first * panels.features;
    for (int64_t lane = 0; lane < KeyPanels::panel; lane += lanes) {
      auto sum = hn::Zero(i), odd = hn::Zero(i);
      for (int64_t p = 0; p < pairs; ++p) {
        int32_t pair;
        std::memcpy(&pair, query + p * 2, sizeof pair);
        sum = hn::ReorderWidenMulAccumulate(i, hn::LoadU(words, panel + (p * KeyPanels::panel + lane) * 2),
                                            hn::BitCast(words, hn::Set(i, pair)), sum, odd);
      }
      hn::StoreU(hn::RearrangeToOddPlusEven(sum, odd), i, term + first + lane);
    }
  }
}

using L = hn::CappedTag<int64_t, 8>;

HWY_INLINE hn::Vec<L> saturate(hn::Vec<L> value, int64_t limit) {
  return hn::Max(hn::Min(value, hn::Set(L(), limit)), hn::Set(L(), -limit));
}

void alignScores(const int32_t *term, const int64_t *right, int64_t exponent, int64_t keys, int extraBits,
                 int64_t largestTerm, int64_t largestScore, int32_t *score) {
  const L l;
  const hn::RebindToUnsigned<L> u;
  const hn::Rebind<int32_t, L> narrow;
  const hn::Rebind<uint32_t, L> narrowUnsigned;
  const auto lanes = static_cast<int64_t>(hn::Lanes(l));
  const auto zero = hn::Zero(l), half = hn::Set(l, int64_t{1} << (extraBits - 1));
  const auto one = [&](hn::Vec<L> value, hn::Vec<L> shift) {
    // A term of 26 bits saturates 34 places to the left, and is zero 27 or more to the right.
    const auto left = hn::Min(hn::Max(hn::Sub(zero, shift), zero), hn::Set(l, 34));
    const auto back = hn::Min(hn::Max(shift, zero), hn::Set(l, 62));
    const auto up = hn::Shl(value, left);
    const auto added = hn::BitCast(l, hn::ShiftRight<1>(hn::Shl(hn::Set(u, uint64_t{1}), hn::BitCast(u, back))));
    const auto aligned = saturate(hn::Shr(hn::Add(up, added), back), largestTerm);
    return saturate(hn::ShiftRightSame(hn::Add(aligned, half), extraBits), largestScore);
  };
  int64_t k = 0;
  for (; k + lanes <= keys; k += lanes) {
    const auto value = hn::PromoteTo(l, hn::LoadU(narrow, term + k));
    const auto shift = hn::Sub(hn::LoadU(l, right + k), hn::Set(l, exponent));
    hn::StoreU(hn::TruncateTo(narrowUnsigned, hn::BitCast(u, one(value, shift))), narrowUnsigned,
               reinterpret_cast<uint32_t *>(score) + k);
  }
  for (; k < keys; ++k)
    score[k] = static_cast<int32_t>(hn::GetLane(one(hn::Set(l, int64_t{term[k]}), hn::Set(l, right[k] - exponent))));
}

/// Subtracts 32-bit lanes from sums of 64 bits.
HWY_INLINE void flushNegated(hn::Vec<I> value, int64_t *sum) {
  const hn::Repartition<int64_t, I> l;
  const hn::Rebind<int32_t, decltype(l)> half;
  const auto n = static_cast<int64_t>(hn::Lanes(l));
  hn::StoreU(hn::Sub(hn::LoadU(l, sum), hn::PromoteTo(l, hn::LowerHalf(half, value))), l, sum);
  hn::StoreU(hn::Sub(hn::LoadU(l, sum + n), hn::PromoteTo(l, hn::UpperHalf(half, value))), l, sum + n);
}

/// `R` rows: a load of values serves all, and the sums stay in registers.
template <int R>
void weightedRows(const ValuePairs &values, const int16_t *packed, int64_t stride, int64_t pairs, int64_t together,
                  int64_t *sum) {
  const I i;
  const Words words;
  const auto lanes = static_cast<int64_t>(hn::Lanes(i));
  std::fill_n(sum, R * values.width, int64_t{0});
  for (int64_t c = 0; c < values.width; c += 2 * lanes)
    for (int64_t first = 0; first < pairs; first += together) {
      hn::Vec<I> a[R], b[R], oddA[R], oddB[R];
      HWY_UNROLL(6)
      for (int r = 0; r < R; ++r)
        a[r] = b[r] = oddA[r] = oddB[r] = hn::Zero(i);
      const int64_t last = std::min(pairs, first + together);
      for (int64_t p = first; p < last; ++p) {
        const int16_t *at = values.element.data() + (p * values.width + c) * 2;
        const auto valuesA = hn::LoadU(words, at), valuesB = hn::LoadU(words, at + 2 * lanes);
        HWY_UNROLL(6)
        for (int r = 0; r < R; ++r) {
          int32_t pair;
          std::memcpy(&pair, packed + r * stride + 2 * p, sizeof pair);
          const auto x = hn::BitCast(words, hn::Set(i, pair));
          a[r] = hn::ReorderWidenMulAccumulate(i, valuesA, x, a[r], oddA[r]);
          b[r] = hn::ReorderWidenMulAccumulate(i, valuesB, x, b[r], oddB[r]);
        }
      }
      HWY_UNROLL(6)
      for (int r = 0; r < R; ++r) {
        flushNegated(hn::RearrangeToOddPlusEven(a[r], oddA[r]), sum + r * values.width + c);
        flushNegated(hn::RearrangeToOddPlusEven(b[r], oddB[r]), sum + r * values.width + c + lanes);
      }
    }
}

using Weighted = void (*)(const ValuePairs &, const int16_t *, int64_t, int64_t, int64_t, int64_t *);

void weightedValues(const ValuePairs &values, const int16_t *packed, int64_t stride, int64_t rows, int64_t keys,
                    int64_t together, int64_t *sum) {
  constexpr int64_t tall = 6;
  static constexpr Weighted kernels[tall] = {weightedRows<1>, weightedRows<2>, weightedRows<3>,
                                             weightedRows<4>, weightedRows<5>, weightedRows<6>};
  for (int64_t r = 0; r < rows; r += tall)
    kernels[std::min(tall, rows - r) - 1](values, packed + r * stride, stride, (keys + 1) / 2,
                                          std::max<int64_t>(1, together / 2), sum + r * values.width);
}

int64_t packShares(const int32_t *share, int64_t keys, int64_t room, int16_t *packed) {
  const I i;
  const hn::Rebind<int16_t, I> narrow;
  const auto lanes = static_cast<int64_t>(hn::Lanes(i));
  constexpr int64_t together = 1 << 15; // shares whose sum is below 2^31, whatever the lanes
  int64_t total = 0, k = 0;
  while (k + lanes <= keys) {
    auto sum = hn::Zero(i);
    for (const int64_t end = std::min(keys, k + together); k + lanes <= end; k += lanes) {
      const auto value = hn::LoadU(i, share + k);
      sum = hn::Add(sum, value);
      hn::StoreU(hn::DemoteTo(narrow, hn::Neg(value)), narrow, packed + k);
    }
    total += hn::GetLane(hn::SumOfLanes(i, sum));
  }
  for (; k < keys; ++k) {
    total += share[k];
    packed[k] = static_cast<int16_t>(-share[k]);
  }
  std::fill(packed + keys, packed + room, int16_t{0});
  return total;
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(queryTerms);
HWY_EXPORT(alignScores);
HWY_EXPORT(weightedValues);
HWY_EXPORT(packShares);

void queryTerms(const KeyPanels &panels, const int16_t *query, int64_t keys, int32_t *term) {
  HWY_DYNAMIC_DISPATCH(queryTerms)(panels, query, keys, term);
}

void alignScores(const int32_t *term, const int64_t *right, int64_t exponent, int64_t keys, int extraBits,
                 int64_t largestTerm, int64_t largestScore, int32_t *score) {
  HWY_DYNAMIC_DISPATCH(alignScores)(term, right, exponent, keys, extraBits, largestTerm, largestScore, score);
}

void weightedValues(const ValuePairs &values, const int16_t *packed, int64_t stride, int64_t rows, int64_t keys,
                    int64_t together, int64_t *sum) {
  HWY_DYNAMIC_DISPATCH(weightedValues)(values, packed, stride, rows, keys, together, sum);
}

int64_t packShares(const int32_t *share, int64_t keys, int64_t room, int16_t *packed) {
  return HWY_DYNAMIC_DISPATCH(packShares)(share, keys, room, packed);
}

ValuePairs packValues(const int32_t *value, int64_t stride, int64_t keys, int64_t features) {
  constexpr int64_t group = ValuePairs::group;
  ValuePairs result = {keys, (features + group - 1) / group * group, {}};
  result.element.resize(static_cast<size_t>((keys + 1) / 2 * result.width * 2));
  for (int64_t k = 0; k < keys; ++k) {
    int16_t *at = result.element.data() + k / 2 * result.width * 2 + k % 2;
    for (int64_t c = 0; c < features; ++c)
      at[2 * c] = static_cast<int16_t>(value[k * stride + c]);
  }
  return result;
}

KeyPanels packKeys(const int16_t *key, int64_t stride, int64_t keys, int64_t features) {
  assert(features % 2 == 0);
  constexpr int64_t panel = KeyPanels::panel;
  KeyPanels result = {keys, features, {}};
  result.element.resize(static_cast<size_t>((keys + panel - 1) / panel * panel * features));
  for (int64_t k = 0; k < keys; ++k) {
    int16_t *at = result.element.data() + k / panel * panel * features + k % panel * 2;
    for (int64_t c = 0; c < features; ++c)
      at[c / 2 * panel * 2 + c % 2] = key[k * stride + c];
  }
  return result;
}

} // namespace mase
#endif
