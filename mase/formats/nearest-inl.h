// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The element of a grid that is nearest to a magnitude under any scale: a vector at a time, for each instruction set.
///
/// A quotient in fp32 may come out on the wrong side of a tie. But an element times its scale has at most 24 bits, so
/// the remainder x - element * scale is exact in fp32, and says whether the neighbour is nearer. Included by kernels
/// behind <hwy/highway.h>, once for each target (hence no plain guard).
///
/// Most quotients lie so far from a tie that their error cannot matter: those are decided without a remainder.
#ifndef MASE_NEAREST_CONSTANTS
#define MASE_NEAREST_CONSTANTS

#include "mase/formats/grid_block.h"

namespace mase {

/// A grid as the kernels need it.
struct ScaledConstants {
  int32_t lowest;    // pattern of the lowest octave
  int32_t stepShift; // of a step's exponent field below its octave's
  float largest;
  bool octaves;
};

inline ScaledConstants constantsOf(const RoundingGrid &grid) {
  const auto largest = static_cast<float>(grid.largest);
  return {(grid.minExponent + 127) << 23, grid.mantissaBits, largest, hasOctaves(grid)};
}

/// Whether everything between a scale and the elements under it stays a normal number far from both ends.
inline bool isPlainScale(double scale) { return std::isnan(scale) || (scale >= 0x1p-60 && scale <= 0x1p60); }

} // namespace mase
#endif

#if defined(MASE_NEAREST_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef MASE_NEAREST_INL
#undef MASE_NEAREST_INL
#else
#define MASE_NEAREST_INL
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, lineColumns>;
using I = hn::RebindToSigned<F>;
constexpr size_t lanes = hn::MaxLanes(F());

/// A magnitude as a multiple of a step, by its quotient alone.
template <class V, class VI>
struct QuotientSteps {
  V near;    // a multiple of the step, not yet limited
  V error;   // quotient - near, exactly
  VI octave; // of the quotient, at least the lowest one
  VI sum;    // pattern of 2^(octave + 23 - stepShift) + near: its last bits count the steps
};

template <bool octaves, class V>
HWY_INLINE auto stepsOf(const ScaledConstants &g, V quotient) {
  const F f;
  const I i;
  auto octave = hn::Set(i, g.lowest);
  if constexpr (octaves)
    octave = hn::Max(hn::And(hn::BitCast(i, quotient), hn::Set(i, static_cast<int32_t>(exponentMask))), octave);
  // 2^23 steps: the sum's last bit is a step.
  const auto magic = hn::BitCast(f, hn::Add(octave, hn::Set(i, (23 - g.stepShift) * (1 << 23))));
  const auto sum = hn::Add(quotient, magic);
  const auto near = hn::Sub(sum, magic);
  return QuotientSteps<V, hn::Vec<I>>{near, hn::Sub(quotient, near), octave, hn::BitCast(i, sum)};
}

/// Whether all quotients lie so far from a tie that what magnitude * inverse is wrong by does not matter. Rounding the
/// inverse and the product makes it less than 2^-22 of a quotient, which has at most 2^(stepShift + 1) steps, so
/// 2^(stepShift - 21) of a step is a safe distance. False with a NaN. What lies beyond the grid saturates either way.
template <class V>
HWY_INLINE bool isFarFromTies(const ScaledConstants &g, const QuotientSteps<V, hn::Vec<I>> &steps) {
  const F f;
  // The pattern of step / 2 * (1 - 2^(stepShift - 20)): numbers just below a power of two are 2^-24 of it apart.
  const auto half = hn::Set(hn::RebindToSigned<F>(), (g.stepShift + 1) * (1 << 23) + (1 << (g.stepShift + 4)));
  return hn::AllTrue(f, hn::Lt(hn::Abs(steps.error), hn::BitCast(f, hn::Sub(steps.octave, half))));
}

/// The code of a magnitude, not yet limited: its steps, and all codes of the octaves below. Of integers the steps.
template <class V>
HWY_INLINE hn::Vec<I> codeOf(const ScaledConstants &g, const QuotientSteps<V, hn::Vec<I>> &steps) {
  const I i;
  // sum - magic + ((octave - lowest) >> (23 - stepShift)), the constants drawn together
  const auto below = hn::ShiftRightSame(steps.octave, 23 - g.stepShift);
  const auto fixed = hn::Set(i, (g.lowest >> (23 - g.stepShift)) + (23 - g.stepShift) * (1 << 23));
  return hn::Sub(hn::Add(hn::Sub(steps.sum, steps.octave), below), fixed);
}

/// The multiple of a step that is nearest to magnitude / scale. `inverse` is 1 / scale, rounded, or `exact`: of a power
/// of two.
template <bool octaves, bool exact, class V>
HWY_INLINE V nearest(const ScaledConstants &g, V magnitude, V scale, V halfScale, V inverse) {
  const F f;
  const I i;
  const auto steps = stepsOf<octaves>(g, hn::Mul(magnitude, inverse));
  const auto near = steps.near;
  if constexpr (exact)
    return hn::Min(near, hn::Set(f, g.largest)); // F4
  const auto step = hn::BitCast(f, hn::Sub(steps.octave, hn::Set(i, g.stepShift * (1 << 23))));
  const auto remainder = hn::Sub(magnitude, hn::Mul(near, scale));
  // Beyond the tie, or on it and odd; magnitudes compare as their patterns do.
  const auto odd = hn::And(steps.sum, hn::Set(i, 1));
  const auto half = hn::BitCast(i, hn::Mul(step, halfScale));
  const auto wrong = hn::Gt(hn::Add(hn::BitCast(i, hn::Abs(remainder)), odd), half);
  const auto other = hn::Add(near, hn::CopySign(step, remainder));
  return hn::Min(hn::IfThenElse(hn::RebindMask(f, wrong), other, near), hn::Set(f, g.largest)); // F4
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
