// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/plain_kernel.h"

#include "mase/formats/grid_block.h"
#include "mase/support/parallel.h"

#include <cstring>

#ifndef MASE_PLAIN_KERNEL_CONSTANTS
#define MASE_PLAIN_KERNEL_CONSTANTS
namespace mase {

/// A row of either kind, as the kernels need it.
struct PlainConstants {
  bool stream;
  // Floats.
  int32_t dropped;  // bits of fp32's mantissa
  int32_t smallest; // pattern of the smallest normal number
  int32_t largest;  // pattern
  float magic;      // 2^23 steps below it
  // Fixed point.
  float toWhole, fromWhole, low, high;
  // Integers times a step: 1 / step, step and the greatest integer are toWhole, fromWhole and high.
};

} // namespace mase
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/plain_kernel.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, lineColumns>;
using I = hn::RebindToSigned<F>;
constexpr size_t lanes = hn::MaxLanes(F());

/// Calls quantize(vector) for all of a row, the last of which is a copy with zeros behind it.
template <bool stream, class Quantize>
HWY_INLINE void forVectors(const float *x, float *y, int64_t cols, const Quantize &quantize) {
  const F f;
  int64_t c = 0;
  for (; c + static_cast<int64_t>(lanes) <= cols; c += static_cast<int64_t>(lanes)) {
    if (c % lineColumns == 0)
      hwy::Prefetch(x + c + ahead);
    const auto result = quantize(hn::LoadU(f, x + c));
    if constexpr (stream)
      hn::Stream(result, f, y + c);
    else
      hn::StoreU(result, f, y + c);
  }
  if (c < cols) {
    HWY_ALIGN float edge[lanes] = {};
    std::memcpy(edge, x + c, static_cast<size_t>(cols - c) * sizeof(float));
    hn::Store(quantize(hn::Load(f, edge)), f, edge);
    std::memcpy(y + c, edge, static_cast<size_t>(cols - c) * sizeof(float));
  }
}

template <bool stream>
void floatRow(const PlainConstants &g, const float *x, float *y, int64_t cols) {
  const F f;
  const I i;
  const auto infinity = hn::Set(i, static_cast<int32_t>(exponentMask)), one = hn::Set(i, 1);
  const auto belowHalf = hn::Set(i, g.dropped == 0 ? 0 : (1 << (g.dropped - 1)) - 1);
  const auto kept = hn::Set(i, -(1 << g.dropped)), odd = g.dropped == 0 ? hn::Zero(i) : one;
  const auto smallest = hn::Set(i, g.smallest), largest = hn::Set(i, g.largest);
  const auto magic = hn::Set(f, g.magic);
  forVectors<stream>(x, y, cols, [&](auto v) {
    const auto magnitude = hn::Abs(v);
    const auto pattern = hn::BitCast(i, magnitude);
    // A carry out of the mantissa is the next octave.
    const auto last = hn::And(hn::ShiftRightSame(pattern, g.dropped), odd);
    const auto normal = hn::And(hn::Add(pattern, hn::Add(belowHalf, last)), kept);
    const auto subnormal = hn::BitCast(i, hn::Sub(hn::Add(magnitude, magic), magic));
    const auto rounded = hn::IfThenElse(hn::Gt(smallest, pattern), subnormal, normal);
    const auto limited = hn::IfThenElse(hn::Gt(rounded, largest), infinity, rounded);
    const auto isNumber = hn::RebindMask(f, hn::Gt(infinity, pattern));
    return hn::IfThenElse(isNumber, hn::CopySign(hn::BitCast(f, limited), v), v);
  });
}

template <bool stream>
void fixedRow(const PlainConstants &g, const float *x, float *y, int64_t cols) {
  const F f;
  const auto to = hn::Set(f, g.toWhole), from = hn::Set(f, g.fromWhole);
  const auto low = hn::Set(f, g.low), high = hn::Set(f, g.high);
  forVectors<stream>(x, y, cols, [&](auto v) {
    const auto whole = hn::Max(hn::Min(hn::Round(hn::Mul(v, to)), high), low);
    return hn::IfThenElse(hn::IsNaN(v), hn::NaN(f), hn::CopySign(hn::Mul(whole, from), v)); // F9
  });
}

template <bool stream>
void steppedRow(const PlainConstants &g, const float *x, float *y, int64_t cols) {
  const F f;
  const I i;
  const auto inverse = hn::Set(f, g.toWhole), step = hn::Set(f, g.fromWhole), half = hn::Set(f, 0.5F * g.fromWhole);
  const auto largest = hn::Set(f, g.high * g.fromWhole), magic = hn::Set(f, 0x1p23F), one = hn::Set(f, 1.0F);
  forVectors<stream>(x, y, cols, [&](auto v) {
    const auto magnitude = hn::Min(hn::Abs(v), largest); // F4
    const auto sum = hn::Add(hn::Mul(magnitude, inverse), magic);
    const auto near = hn::Sub(sum, magic);
    const auto remainder = hn::Sub(magnitude, hn::Mul(near, step));
    // Beyond the tie, or on it and odd; magnitudes compare as their patterns do.
    const auto odd = hn::And(hn::BitCast(i, sum), hn::Set(i, 1));
    const auto wrong = hn::Gt(hn::Add(hn::BitCast(i, hn::Abs(remainder)), odd), hn::BitCast(i, half));
    const auto other = hn::Add(near, hn::CopySign(one, remainder));
    const auto whole = hn::IfThenElse(hn::RebindMask(f, wrong), other, near);
    return hn::IfThenElse(hn::IsNaN(v), hn::NaN(f), hn::CopySign(hn::Mul(whole, step), v)); // F9
  });
}

void plainRow(const PlainConstants &g, const float *x, float *y, int64_t cols) {
  (g.stream ? floatRow<true> : floatRow<false>)(g, x, y, cols);
}

void wholeRow(const PlainConstants &g, const float *x, float *y, int64_t cols) {
  (g.stream ? fixedRow<true> : fixedRow<false>)(g, x, y, cols);
}

void anyStepRow(const PlainConstants &g, const float *x, float *y, int64_t cols) {
  (g.stream ? steppedRow<true> : steppedRow<false>)(g, x, y, cols);
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(plainRow);
HWY_EXPORT(wholeRow);
HWY_EXPORT(anyStepRow);

namespace {

constexpr int64_t pieceElements = 1 << 16;

template <class Kernel>
void forRows(PlainConstants constants, const Kernel &kernel, ConstMatrixView x, MatrixView y) {
  constants.stream = goesPastCaches(x, y);
  const int64_t each = std::max<int64_t>(pieceElements / std::max<int64_t>(x.cols, 1), 1);
  parallelFor((x.rows + each - 1) / each, [&](int64_t piece) {
    for (int64_t r = piece * each; r < std::min((piece + 1) * each, x.rows); ++r)
      kernel(constants, x.row(r), y.row(r), x.cols);
    hwy::FlushStream();
  });
}

} // namespace

void plainFakeQuantize(const PlainFloat &format, ConstMatrixView x, MatrixView y) {
  PlainConstants g = {};
  g.dropped = 23 - format.mantissaBits;
  g.smallest = (format.minExponent + 127) << 23;
  g.largest = std::bit_cast<int32_t>(format.largest);
  g.magic = std::ldexp(1.0F, format.minExponent - format.mantissaBits + 23);
  forRows(g, HWY_DYNAMIC_DISPATCH(plainRow), x, y);
}

void fixedFakeQuantize(int32_t least, int32_t greatest, int exponent, ConstMatrixView x, MatrixView y) {
  PlainConstants g = {};
  g.toWhole = std::ldexp(1.0F, -exponent);
  g.fromWhole = std::ldexp(1.0F, exponent);
  g.low = static_cast<float>(least);
  g.high = static_cast<float>(greatest);
  forRows(g, HWY_DYNAMIC_DISPATCH(wholeRow), x, y);
}

void steppedFakeQuantize(int32_t greatest, float step, ConstMatrixView x, MatrixView y) {
  PlainConstants g = {};
  g.toWhole = 1 / step;
  g.fromWhole = step;
  g.high = static_cast<float>(greatest);
  forRows(g, HWY_DYNAMIC_DISPATCH(anyStepRow), x, y);
}

} // namespace mase
#endif
