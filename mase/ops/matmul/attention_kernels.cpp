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
HWY_EXPORT(addShares);

void queryTerms(const KeyPanels &panels, const int16_t *query, int64_t keys, int32_t *term) {
  HWY_DYNAMIC_DISPATCH(queryTerms)(panels, query, keys, term);
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
