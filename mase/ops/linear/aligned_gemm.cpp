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
// AVX3_DL has VNNI by its definition, but not by the compiler's options for it.
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
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

/// sum + the products of two int16 in each lane; `odd` takes part of them where the instruction set adds otherwise.
template <typename V, typename W>
HWY_INLINE V addPair(V sum, V &odd, W weights, W x) {
#if HWY_TARGET == HWY_AVX3_DL
  (void)odd;
  return V{_mm512_dpwssd_epi32(sum.raw, weights.raw, x.raw)};
#else
  return hn::ReorderWidenMulAccumulate(I(), weights, x, sum, odd);
#endif
}

/// One panel times `R` rows, two vectors of outputs at a time: a broadcast of an input serves both. The loops over rows
/// are unrolled, so that sums stay in registers.
template <int R>
void panelRows(const AlignedWeights &w, const int16_t *element, const int32_t *difference, const int16_t *input,
               int64_t inputStride, const int32_t *below, int64_t *sum, int64_t stride) {
  const I i;
  const Words words;
  const auto lanes = static_cast<int64_t>(hn::Lanes(i));
  const int64_t pairs = w.termFeatures / 2;
  // So many aligned terms are below 2^31 together.
  const int64_t together = int64_t{1} << std::min(16, 32 - w.termBits - w.guardBits);
  for (int64_t first = 0; first < AlignedWeights::panel; first += 2 * lanes) {
    hn::Vec<I> totalA[R], totalB[R];
    HWY_UNROLL(6)
    for (int r = 0; r < R; ++r)
      totalA[r] = totalB[r] = hn::Zero(i);
    int64_t held = 0;
    for (int64_t t = 0; t < w.terms; ++t) {
      hn::Vec<I> a[R], b[R], oddA[R], oddB[R];
      HWY_UNROLL(6)
      for (int r = 0; r < R; ++r)
        a[r] = b[r] = oddA[r] = oddB[r] = hn::Zero(i);
      const int16_t *at = element + (t * pairs * AlignedWeights::panel + first) * 2;
      const int16_t *left = input + t * pairs * 2;
      for (int64_t p = 0; p < pairs; ++p, at += AlignedWeights::panel * 2, left += 2) {
        const auto weightsA = hn::LoadU(words, at), weightsB = hn::LoadU(words, at + 2 * lanes);
        HWY_UNROLL(6)
        for (int r = 0; r < R; ++r) {
          int32_t pair;
          std::memcpy(&pair, left + r * inputStride, sizeof pair);
          const auto x = hn::BitCast(words, hn::Set(i, pair));
          a[r] = addPair(a[r], oddA[r], weightsA, x);
          b[r] = addPair(b[r], oddB[r], weightsB, x);
        }
      }
      const int32_t *apart = difference + t * AlignedWeights::panel + first;
      const auto apartA = hn::LoadU(i, apart), apartB = hn::LoadU(i, apart + lanes);
      HWY_UNROLL(6)
      for (int r = 0; r < R; ++r) {
        const auto own = hn::Set(i, below[r * w.terms + t]);
        const auto termA = hn::RearrangeToOddPlusEven(a[r], oddA[r]);
        const auto termB = hn::RearrangeToOddPlusEven(b[r], oddB[r]);
        totalA[r] = hn::Add(totalA[r], align(termA, w.guardBits, hn::Add(apartA, own)));
        totalB[r] = hn::Add(totalB[r], align(termB, w.guardBits, hn::Add(apartB, own)));
      }
      if (++held == together || t + 1 == w.terms) {
        HWY_UNROLL(6)
        for (int r = 0; r < R; ++r) {
          flush(totalA[r], sum + r * stride + first);
          flush(totalB[r], sum + r * stride + first + lanes);
          totalA[r] = totalB[r] = hn::Zero(i);
        }
        held = 0;
      }
    }
  }
}

using Panel = void (*)(const AlignedWeights &, const int16_t *, const int32_t *, const int16_t *, int64_t,
                       const int32_t *, int64_t *, int64_t);

void addAlignedSums(const AlignedWeights &w, int64_t rows, const int16_t *input, const int32_t *below, int64_t *sum,
                    int64_t stride) {
  constexpr int64_t tall = 6, width = AlignedWeights::panel;
  static constexpr Panel panelOf[tall] = {panelRows<1>, panelRows<2>, panelRows<3>,
                                          panelRows<4>, panelRows<5>, panelRows<6>};
  const int64_t inputStride = w.terms * w.termFeatures;
  const int64_t panels = (w.outputs + width - 1) / width;
  for (int64_t panel = 0; panel < panels; ++panel) {
    const int16_t *element = w.element.data() + panel * inputStride * width;
    const int32_t *difference = w.difference.data() + panel * w.terms * width;
    const int64_t outputs = std::min(width, w.outputs - panel * width);
    for (int64_t r = 0; r < rows; r += tall) {
      const int64_t count = std::min(tall, rows - r);
      int64_t *to = sum + r * stride + panel * width;
      const Panel multiply = panelOf[count - 1];
      const int16_t *left = input + r * inputStride;
      if (outputs == width) {
        multiply(w, element, difference, left, inputStride, below + r * w.terms, to, stride);
        continue;
      }
      int64_t block[tall * width] = {};
      multiply(w, element, difference, left, inputStride, below + r * w.terms, block, width);
      for (int64_t k = 0; k < count; ++k)
        for (int64_t o = 0; o < outputs; ++o)
          to[k * stride + o] += block[k * width + o];
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
