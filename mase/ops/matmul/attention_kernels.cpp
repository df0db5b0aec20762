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

void addShares(const int32_t *share, const int32_t *value, int64_t stride, int64_t keys, int64_t features,
               int64_t together, int64_t *sum) {
  const I i;
  const auto lanes = static_cast<int64_t>(hn::Lanes(i));
  for (int64_t first = 0; first < keys; first += together) {
    const int64_t last = std::min(keys, first + together);
    int64_t c = 0;
    for (; c + lanes <= features; c += lanes) {
      auto total = hn::Zero(i);
      for (int64_t k = first; k < last; ++k)
        total = hn::Add(total, hn::Mul(hn::LoadU(i, value + k * stride + c), hn::Set(i, share[k])));
      HWY_ALIGN int32_t lane[16];
      hn::Store(total, i, lane);
      for (int64_t l = 0; l < lanes; ++l)
        sum[c + l] += lane[l];
    }
    for (; c < features; ++c)
      for (int64_t k = first; k < last; ++k)
        sum[c] += int64_t{value[k * stride + c]} * share[k];
  }
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(queryTerms);
HWY_EXPORT(alignScores);
HWY_EXPORT(addShares);

void queryTerms(const KeyPanels &panels, const int16_t *query, int64_t keys, int32_t *term) {
  HWY_DYNAMIC_DISPATCH(queryTerms)(panels, query, keys, term);
}

void alignScores(const int32_t *term, const int64_t *right, int64_t exponent, int64_t keys, int extraBits,
                 int64_t largestTerm, int64_t largestScore, int32_t *score) {
  HWY_DYNAMIC_DISPATCH(alignScores)(term, right, exponent, keys, extraBits, largestTerm, largestScore, score);
}

void addShares(const int32_t *share, const int32_t *value, int64_t stride, int64_t keys, int64_t features,
               int64_t together, int64_t *sum) {
  HWY_DYNAMIC_DISPATCH(addShares)(share, value, stride, keys, features, together, sum);
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
