// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/block_scales.h"

#include "mase/formats/grid_block.h"
#include "mase/formats/power_of_two_scale.h"

#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/block_scales.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "mase/formats/nearest-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {

/// From largest magnitudes (as patterns) to scales under an outer one, in place, the inverses of those, and their codes
/// as small floats without sign. `most` is the element's largest times `outer`. Whole lines.
void scalesUnder(const ScaledConstants &inner, float smallest, float most, float outer, float *scales, float *inverses,
                 uint32_t *codes, int64_t count) {
  const F f;
  const I i;
  const auto unit = hn::Set(f, most), half = hn::Set(f, 0.5F * most), over = hn::Set(f, 1 / most);
  const auto lowest = hn::Set(i, inner.lowest), one = hn::Set(i, 1 << 23);
  const auto toSteps = hn::BitCast(f, hn::Set(i, (254 << 23) - inner.lowest + inner.stepShift * (1 << 23)));
  for (int64_t b = 0; b < count; b += static_cast<int64_t>(lanes)) {
    const auto largest = hn::LoadU(f, scales + b);
    const auto isNumber = hn::Gt(hn::Set(i, static_cast<int32_t>(exponentMask)), hn::BitCast(i, largest));
    const auto found = hn::Max(nearest<true>(inner, largest, unit, half, over), hn::Set(f, smallest)); // F1
    const auto scale = hn::Mul(found, hn::Set(f, outer));
    const auto good = hn::IfThenElse(hn::RebindMask(f, isNumber), scale, hn::NaN(f)); // F5
    hn::StoreU(good, f, scales + b);
    hn::StoreU(hn::Div(hn::Set(f, 1.0F), good), f, inverses + b);
    // Field 1 is the lowest octave; below it there is no leading one.
    const auto pattern = hn::BitCast(i, found);
    const auto normal = hn::ShiftRightSame(hn::Sub(pattern, hn::Sub(lowest, one)), 23 - inner.stepShift);
    const auto subnormal = hn::ConvertTo(i, hn::Mul(found, toSteps));
    const auto code = hn::IfThenElse(hn::Gt(lowest, pattern), subnormal, normal);
    hn::StoreU(code, i, reinterpret_cast<int32_t *>(codes) + b);
  }
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(scalesUnder);

namespace {

void leave(ScaleRow &row, size_t block) {
  row.scale[block] = row.inverse[block] = 1;
  row.left.push_back(static_cast<int64_t>(block));
}

} // namespace

BlockScales::BlockScales(const Element &element, const Scale &scale)
    : element_(element), scale_(scale), powers_(dynamic_cast<const PowerOfTwoScale *>(&scale)) {
  for (int field = 0; powers_ && field < 256; ++field)
    byField_.push_back(powerOf(field << 23));
  for (uint32_t code = 0; scale.bits() <= 8 && code < 1U << scale.bits(); ++code)
    byCode_.push_back(code == scale.nanCode()
                          ? std::numeric_limits<double>::quiet_NaN()
                          : scale.integer(code).significand * powerOfTwo(scale.integer(code).exponent));
  // Of an element whose largest value has few bits the product with an outer scale is exact.
  const auto significand = static_cast<uint64_t>(std::ldexp(element.largest(), 52 - std::ilogb(element.largest())));
  const int bits = 53 - std::countr_zero(significand);
  quick_ = scale.innerGrid() && scale.innerGrid()->mantissaBits + 1 + scale.outerSignificandBits() + bits <= 24;
}

BlockScales::Power BlockScales::powerOf(int32_t pattern) const {
  const uint32_t code = scale_.choose(std::bit_cast<float>(pattern), element_, 0);
  if (pattern == 0)
    return {1, 1, code, false};
  if (code == scale_.nanCode())
    return {std::bit_cast<float>(0x7FC00000), 1, code, false};
  const int exponent = scale_.integer(code).exponent;
  // Elements and half their steps stay normal numbers, and what saturates stays far from infinity.
  const bool left = exponent + std::ilogb(element_.smallest()) < -124 || (pattern >> 23) - 127 - exponent > 90;
  return {static_cast<float>(powerOfTwo(exponent)), static_cast<float>(powerOfTwo(-exponent)), code, left};
}

void BlockScales::find(const std::vector<int32_t> &largest, uint32_t outer, ScaleRow &row) const {
  const size_t room = (largest.size() + lineColumns - 1) / lineColumns * lineColumns;
  row.scale.resize(room);
  row.inverse.resize(room);
  row.code.resize(room);
  row.left.clear();
  if (powers_)
    findPowers(largest, row);
  else if (scale_.outer() == OuterScale::none)
    findFloats(largest, row);
  else
    findInner(largest, outer, row);
}

template <class Code>
void BlockScales::read(const Code *codes, int64_t count, uint32_t outer, ScaleRow &row) const {
  const ScaleInteger outerInteger = scale_.outerInteger(outer);
  const double above = outerInteger.significand * powerOfTwo(outerInteger.exponent);
  const double elements = powers_ ? element_.smallest() : 1;
  row.scale.resize(static_cast<size_t>(count) + lineColumns);
  row.left.clear();
  for (size_t b = 0; b < static_cast<size_t>(count); ++b) {
    double value = 0;
    if (!byCode_.empty())
      value = byCode_[codes[b]] * above;
    else
      value = codes[b] == scale_.nanCode() ? std::numeric_limits<double>::quiet_NaN() : scale_.value(codes[b], outer);
    row.scale[b] = static_cast<float>(value);
    if (row.scale[b] != value && !std::isnan(value))
      row.left.push_back(static_cast<int64_t>(b));
    else if (element_.isList() && value * elements < 0x1p-126) // values are rounded twice
      row.left.push_back(static_cast<int64_t>(b));
  }
  row.inverse.assign(row.scale.size(), 1);
}

template void BlockScales::read(const uint8_t *, int64_t, uint32_t, ScaleRow &) const;
template void BlockScales::read(const uint32_t *, int64_t, uint32_t, ScaleRow &) const;

void BlockScales::findPowers(const std::vector<int32_t> &largest, ScaleRow &row) const {
  const int32_t rounding = element_.roundsScale() ? 0x400000 : 0;
  for (size_t b = 0; b < largest.size(); ++b) {
    const int32_t pattern = largest[b], field = pattern >> 23;
    // Subnormal numbers have their octave elsewhere; what rounds up to 2^128 is a case of its own.
    const bool usual = field > 0 && field < 254;
    const Power &power = usual ? byField_[static_cast<size_t>((pattern + rounding) >> 23)] : powerOf(pattern);
    row.scale[b] = power.scale;
    row.inverse[b] = power.inverse;
    row.code[b] = power.code;
    if (power.left)
      leave(row, b);
  }
}

void BlockScales::findFloats(const std::vector<int32_t> &largest, ScaleRow &row) const {
  const uint32_t nan = scale_.nanCode();
  for (size_t b = 0; b < largest.size(); ++b) {
    const uint32_t code = scale_.choose(std::bit_cast<float>(largest[b]), element_, 0);
    const double value = code == nan ? std::bit_cast<float>(0x7FC00000) : scale_.value(code, 0);
    row.code[b] = code;
    row.scale[b] = static_cast<float>(value);
    row.inverse[b] = 1 / row.scale[b];
    if (largest[b] == 0)
      row.scale[b] = row.inverse[b] = 1;
    else if (!isPlainScale(value))
      leave(row, b);
  }
}

void BlockScales::findInner(const std::vector<int32_t> &largest, uint32_t outer, ScaleRow &row) const {
  const ScaleInteger above = scale_.outerInteger(outer);
  const double value = above.significand * powerOfTwo(above.exponent);
  const double most = value * element_.largest();
  if (quick_ && isPlainScale(value) && isPlainScale(most)) {
    for (size_t b = 0; b < row.scale.size(); ++b)
      row.scale[b] = b < largest.size() ? std::bit_cast<float>(largest[b]) : 0;
    HWY_DYNAMIC_DISPATCH(scalesUnder)
    (constantsOf(*scale_.innerGrid()), static_cast<float>(scale_.smallestInner()), static_cast<float>(most),
     static_cast<float>(value), row.scale.data(), row.inverse.data(), row.code.data(),
     static_cast<int64_t>(row.scale.size()));
    for (size_t b = 0; b < largest.size(); ++b)
      if (std::isnan(row.scale[b]))
        row.code[b] = scale_.nanCode();
    return;
  }
  for (size_t b = 0; b < largest.size(); ++b) {
    row.code[b] = scale_.choose(std::bit_cast<float>(largest[b]), element_, outer);
    const double both = scale_.value(row.code[b], outer);
    const bool isNan = row.code[b] == scale_.nanCode();
    row.scale[b] = isNan ? std::bit_cast<float>(0x7FC00000) : static_cast<float>(both);
    row.inverse[b] = 1 / row.scale[b];
    if (largest[b] == 0)
      row.scale[b] = row.inverse[b] = 1;
    else if (!isNan && (!isPlainScale(both) || row.scale[b] != both))
      leave(row, b);
  }
}

} // namespace mase
#endif
