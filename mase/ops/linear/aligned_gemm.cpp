// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/aligned_gemm.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/linear/aligned_gemm.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using I = hn::CappedTag<int32_t, 16>;
using U = hn::RebindToUnsigned<I>;
using Words = hn::Repartition<int16_t, I>;
using Longs = hn::Repartition<int64_t, I>;
using HalfLongs = hn::Rebind<int32_t, Longs>;

/// A6 in each lane. A term of at most 31 bits, guard bits included, is zero behind any shift of 31, as is any beyond.
template <typename V>
HWY_INLINE V align(V term, int guardBits, V shift) {
  const I i;
  const auto one = hn::Set(U(), 1U);
  const auto s = hn::Min(shift, hn::Set(i, 31));
  const auto half = hn::BitCast(i, hn::ShiftRight<1>(hn::Shl(one, hn::BitCast(U(), s))));
  return hn::Shr(hn::Add(hn::ShiftLeftSame(term, guardBits), half), s);
}

/// Adds 32-bit lanes to 16 sums of 64 bits.
template <typename V>
HWY_INLINE void flush(V lanes, int64_t *sum) {
  const Longs l;
  const auto n = static_cast<int64_t>(hn::Lanes(l));
  const auto low = hn::PromoteTo(l, hn::LowerHalf(HalfLongs(), lanes));
  const auto high = hn::PromoteTo(l, hn::UpperHalf(HalfLongs(), lanes));
  hn::StoreU(hn::Add(hn::LoadU(l, sum), low), l, sum);
  hn::StoreU(hn::Add(hn::LoadU(l, sum + n), high), l, sum + n);
}

/// One panel times `R` rows, two vectors of outputs at a time: a broadcast of an input serves both.
template <int R>
void panelRows(const AlignedWeights &w, const int16_t *element, const int32_t *difference, const int16_t *input,
               int64_t inputStride, const int32_t *below, int64_t (*sum)[AlignedWeights::panel]) {
  const I i;
  const Words words;
  const auto lanes = static_cast<int64_t>(hn::Lanes(i));
  const int64_t pairs = w.termFeatures / 2;
  // So many aligned terms are below 2^31 together.
  const int64_t together = int64_t{1} << std::min(16, 32 - w.termBits - w.guardBits);
  for (int64_t first = 0; first < AlignedWeights::panel; first += 2 * lanes) {
    hn::Vec<I> totalA[R], totalB[R];
    for (int r = 0; r < R; ++r)
      totalA[r] = totalB[r] = hn::Zero(i);
    int64_t held = 0;
    for (int64_t t = 0; t < w.terms; ++t) {
      hn::Vec<I> a[R], b[R], oddA[R], oddB[R];
      for (int r = 0; r < R; ++r)
        a[r] = b[r] = oddA[r] = oddB[r] = hn::Zero(i);
      const int16_t *at = element + (t * pairs * AlignedWeights::panel + first) * 2;
      for (int64_t p = 0; p < pairs; ++p, at += AlignedWeights::panel * 2) {
        const auto weightsA = hn::LoadU(words, at), weightsB = hn::LoadU(words, at + 2 * lanes);
        for (int r = 0; r < R; ++r) {
          int32_t pair;
          std::memcpy(&pair, input + r * inputStride + (t * pairs + p) * 2, sizeof pair);
          const auto x = hn::BitCast(words, hn::Set(i, pair));
          a[r] = hn::ReorderWidenMulAccumulate(i, weightsA, x, a[r], oddA[r]);
          b[r] = hn::ReorderWidenMulAccumulate(i, weightsB, x, b[r], oddB[r]);
        }
      }
      const int32_t *apart = difference + t * AlignedWeights::panel + first;
      const auto apartA = hn::LoadU(i, apart), apartB = hn::LoadU(i, apart + lanes);
      for (int r = 0; r < R; ++r) {
        const auto own = hn::Set(i, below[r * w.terms + t]);
        const auto termA = hn::RearrangeToOddPlusEven(a[r], oddA[r]);
        const auto termB = hn::RearrangeToOddPlusEven(b[r], oddB[r]);
        totalA[r] = hn::Add(totalA[r], align(termA, w.guardBits, hn::Add(apartA, own)));
        totalB[r] = hn::Add(totalB[r], align(termB, w.guardBits, hn::Add(apartB, own)));
      }
      if (++held == together || t + 1 == w.terms) {
        for (int r = 0; r < R; ++r) {
          flush(totalA[r], sum[r] + first);
          flush(totalB[r], sum[r] + first + lanes);
          totalA[r] = totalB[r] = hn::Zero(i);
        }
        held = 0;
      }
    }
  }
}

void addAlignedSums(const AlignedWeights &w, int64_t rows, const int16_t *input, const int32_t *below, int64_t *sum,
                    int64_t stride) {
  constexpr int tall = 6;
  const int64_t inputStride = w.terms * w.termFeatures;
  const int64_t panels = (w.outputs + AlignedWeights::panel - 1) / AlignedWeights::panel;
  for (int64_t panel = 0; panel < panels; ++panel) {
    const int16_t *element = w.element.data() + panel * inputStride * AlignedWeights::panel;
    const int32_t *difference = w.difference.data() + panel * w.terms * AlignedWeights::panel;
    const int64_t outputs = std::min(AlignedWeights::panel, w.outputs - panel * AlignedWeights::panel);
    for (int64_t r = 0; r < rows;) {
      int64_t block[tall][AlignedWeights::panel] = {};
      const int64_t count = rows - r >= tall ? tall : 1;
      if (count == tall)
        panelRows<tall>(w, element, difference, input + r * inputStride, inputStride, below + r * w.terms, block);
      else
        panelRows<1>(w, element, difference, input + r * inputStride, inputStride, below + r * w.terms, block);
      for (int64_t k = 0; k < count; ++k)
        for (int64_t o = 0; o < outputs; ++o)
          sum[(r + k) * stride + panel * AlignedWeights::panel + o] += block[k][o];
      r += count;
    }
  }
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(addAlignedSums);

void addAlignedSums(const AlignedWeights &weights, int64_t rows, const int16_t *input, const int32_t *below,
                    int64_t *sum, int64_t stride) {
  HWY_DYNAMIC_DISPATCH(addAlignedSums)(weights, rows, input, below, sum, stride);
}

AlignedWeights packAligned(int64_t outputs, int64_t terms, int64_t termFeatures, int termBits, int guardBits,
                           const int16_t *element, const int32_t *difference) {
  assert(termFeatures % 2 == 0 && AlignedWeights::takes(termBits, guardBits));
  constexpr int64_t panel = AlignedWeights::panel;
  const int64_t panels = (outputs + panel - 1) / panel, features = terms * termFeatures;
  AlignedWeights result = {outputs, terms, termFeatures, termBits, guardBits, {}, {}};
  result.element.resize(static_cast<size_t>(panels * features * panel));
  result.difference.resize(static_cast<size_t>(panels * terms * panel));
  for (int64_t o = 0; o < outputs; ++o) {
    const int64_t p = o / panel, lane = o % panel;
    for (int64_t c = 0; c < features; ++c)
      result.element[static_cast<size_t>(p * features * panel + (c / 2 * panel + lane) * 2 + c % 2)] =
          element[o * features + c];
    for (int64_t t = 0; t < terms; ++t)
      result.difference[static_cast<size_t>((p * terms + t) * panel + lane)] = difference[o * terms + t];
  }
  return result;
}

} // namespace mase
#endif
