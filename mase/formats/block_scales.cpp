// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/block_scales.h"

#include "mase/formats/float_scale.h"
#include "mase/formats/grid_block.h"
#include "mase/formats/power_of_two_scale.h"

#include <limits>

#ifndef MASE_BLOCK_SCALES_CONSTANTS
#define MASE_BLOCK_SCALES_CONSTANTS
namespace mase {

/// Where scales go: whole lines.
struct ScaleSpan {
  float *scale, *inverse;
  int32_t *code;
  int64_t count;
};

/// Scales that are powers of two, all exponents of two.
struct PowerConstants {
  int32_t rounding; // added to the magnitude before its octave is taken
  int32_t topOctave;
  int32_t minExponent, maxExponent;
  int32_t leastExponent;
};

/// How far a magnitude may lie above its scale: what saturates stays far from infinity.
constexpr int32_t mostOctaves = 90;

} // namespace mase
#endif

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

/// From largest magnitudes to scales under an outer one, the inverses of those, and their codes as small floats without
/// sign. `most` is the element's largest times `outer`. Whole lines.
void scalesUnder(const ScaledConstants &inner, float smallest, float most, float outer, uint32_t nan,
                 const int32_t *patterns, const ScaleSpan &to) {
  const F f;
  const I i;
  const auto unit = hn::Set(f, most), half = hn::Set(f, 0.5F * most), over = hn::Set(f, 1 / most);
  const auto lowest = hn::Set(i, inner.lowest), one = hn::Set(i, 1 << 23);
  const auto toSteps = hn::BitCast(f, hn::Set(i, (254 << 23) - inner.lowest + inner.stepShift * (1 << 23)));
  for (int64_t b = 0; b < to.count; b += static_cast<int64_t>(lanes)) {
    const auto largest = hn::BitCast(f, hn::LoadU(i, patterns + b));
    const auto isNumber = hn::Gt(hn::Set(i, static_cast<int32_t>(exponentMask)), hn::BitCast(i, largest));
    const auto found = hn::Max(nearest<true, false>(inner, largest, unit, half, over), hn::Set(f, smallest)); // F1
    const auto scale = hn::Mul(found, hn::Set(f, outer));
    const auto good = hn::IfThenElse(hn::RebindMask(f, isNumber), scale, hn::NaN(f)); // F5
    hn::StoreU(good, f, to.scale + b);
    hn::StoreU(hn::Div(hn::Set(f, 1.0F), good), f, to.inverse + b);
    // Field 1 is the lowest octave; below it there is no leading one.
    const auto pattern = hn::BitCast(i, found);
    const auto normal = hn::ShiftRightSame(hn::Sub(pattern, hn::Sub(lowest, one)), 23 - inner.stepShift);
    const auto subnormal = hn::ConvertTo(i, hn::Mul(found, toSteps));
    const auto code = hn::IfThenElse(hn::Gt(lowest, pattern), subnormal, normal);
    const auto known = hn::IfThenElse(isNumber, code, hn::Set(i, static_cast<int32_t>(nan)));
    hn::StoreU(known, i, to.code + b);
  }
}

/// Likewise scales that are floats: magnitude / `largest`, whose product with one is exact. False when a magnitude does
/// not lie well inside fp32's range.
bool floatScales(const ScaledConstants &grid, float largest, const int32_t *patterns, const ScaleSpan &to) {
  const F f;
  const I i;
  const auto unit = hn::Set(f, largest), half = hn::Set(f, 0.5F * largest), over = hn::Set(f, 1 / largest);
  const auto least = hn::BitCast(i, hn::Set(f, 0x1p-58F * largest)),
             most = hn::BitCast(i, hn::Set(f, 0x1p58F * largest));
  auto inside = hn::Eq(least, least);
  for (int64_t b = 0; b < to.count; b += static_cast<int64_t>(lanes)) {
    const auto pattern = hn::LoadU(i, patterns + b);
    inside = hn::And(inside, hn::And(hn::Gt(pattern, least), hn::Gt(most, pattern)));
    const auto scale = nearest<true, false>(grid, hn::BitCast(f, pattern), unit, half, over);
    hn::StoreU(scale, f, to.scale + b);
    hn::StoreU(hn::Div(hn::Set(f, 1.0F), scale), f, to.inverse + b);
    hn::StoreU(hn::BitCast(i, scale), i, to.code + b);
  }
  return hn::AllTrue(i, inside);
}

/// Likewise powers of two. False when a magnitude or a scale is one of those that powerOf() is for.
bool powerScales(const PowerConstants &g, const int32_t *patterns, const ScaleSpan &to) {
  const I i;
  const auto set = [&](int32_t value) { return hn::Set(i, value); };
  auto inside = hn::Eq(set(0), set(0));
  const auto between = [&](auto value, int32_t least, int32_t most) {
    return hn::And(hn::Gt(value, set(least - 1)), hn::Gt(set(most + 1), value));
  };
  for (int64_t b = 0; b < to.count; b += static_cast<int64_t>(lanes)) {
    const auto pattern = hn::LoadU(i, patterns + b), field = hn::ShiftRight<23>(pattern);
    const auto rounded = hn::ShiftRight<23>(hn::Add(pattern, set(g.rounding)));
    const auto scale =
        hn::Min(hn::Max(hn::Sub(rounded, set(127 + g.topOctave)), set(g.minExponent)), set(g.maxExponent));
    inside = hn::And(inside, hn::And(between(field, 1, 253), between(scale, g.leastExponent, 126)));
    inside = hn::And(inside, hn::Gt(set(127 + mostOctaves), hn::Sub(field, scale)));
    hn::StoreU(hn::ShiftLeft<23>(hn::Add(scale, set(127))), i, reinterpret_cast<int32_t *>(to.scale) + b);
    hn::StoreU(hn::ShiftLeft<23>(hn::Sub(set(127), scale)), i, reinterpret_cast<int32_t *>(to.inverse) + b);
    hn::StoreU(hn::Sub(scale, set(g.minExponent)), i, to.code + b);
  }
  return hn::AllTrue(i, inside);
}

void lowerBytes(const uint32_t *codes, int64_t count, uint8_t *bytes) {
  const hn::RebindToUnsigned<I> wide;
  const hn::Rebind<uint8_t, I> narrow;
  constexpr auto step = static_cast<int64_t>(lanes);
  int64_t b = 0;
  for (; b + step <= count; b += step)
    hn::StoreU(hn::TruncateTo(narrow, hn::LoadU(wide, codes + b)), narrow, bytes + b);
  for (; b < count; ++b)
    bytes[b] = static_cast<uint8_t>(codes[b]);
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(scalesUnder);
HWY_EXPORT(floatScales);
HWY_EXPORT(powerScales);
HWY_EXPORT(lowerBytes);

namespace {

void leave(ScaleRow &row, size_t block) {
  row.scale[block] = row.inverse[block] = 1;
  row.left.push_back(static_cast<int64_t>(block));
}

/// Elements and half their steps stay normal numbers.
// Products with a power of two are rounded once, subnormal ones as well; a list's entries were rounded before.
int leastExponent(const Element &element) {
  return element.isList() ? std::max(-124 - std::ilogb(element.smallest()), -126) : -126;
}

int significantBits(double value) {
  return 53 - std::countr_zero(static_cast<uint64_t>(std::ldexp(value, 52 - std::ilogb(value))));
}

ScaleSpan spanOf(ScaleRow &row) {
  return {row.scale.data(), row.inverse.data(), reinterpret_cast<int32_t *>(row.code.data()),
          static_cast<int64_t>(row.scale.size())};
}

} // namespace

void narrowCodes(const uint32_t *codes, int64_t count, uint8_t *bytes) {
  HWY_DYNAMIC_DISPATCH(lowerBytes)(codes, count, bytes);
}

BlockScales::BlockScales(const Element &element, const Scale &scale)
    : element_(element), scale_(scale), powers_(dynamic_cast<const PowerOfTwoScale *>(&scale)),
      isFp32_(dynamic_cast<const Fp32Scale *>(&scale)) {
  for (int field = 0; powers_ && field < 256; ++field)
    byField_.push_back(powerOf(field << 23));
  for (uint32_t code = 0; scale.bits() <= 8 && code < 1U << scale.bits(); ++code)
    byCode_.push_back(code == scale.nanCode()
                          ? std::numeric_limits<double>::quiet_NaN()
                          : scale.integer(code).significand * powerOfTwo(scale.integer(code).exponent));
  for (const double value : byCode_)
    leavesByCode_.push_back(leavesRead(value));
  // Of an element whose largest value has few bits its product with a scale is exact.
  const int above = scale.outer() == OuterScale::none ? 0 : scale.outerSignificandBits();
  const int own = scale.innerGrid() ? scale.innerGrid()->mantissaBits + 1 : scale.significandBits();
  quick_ = own + above + significantBits(element.largest()) <= 24 && std::fabs(std::ilogb(element.largest())) < 40;
}

BlockScales::Power BlockScales::powerOf(int32_t pattern) const {
  const uint32_t code = scale_.choose(std::bit_cast<float>(pattern), element_, 0);
  if (pattern == 0)
    return {1, 1, code, false};
  if (code == scale_.nanCode())
    return {std::bit_cast<float>(0x7FC00000), 1, code, false};
  const int exponent = scale_.integer(code).exponent;
  // What saturates stays far from infinity.
  const bool left = exponent < leastExponent(element_) || (pattern >> 23) - 127 - exponent >= mostOctaves;
  return {static_cast<float>(powerOfTwo(exponent)), static_cast<float>(powerOfTwo(-exponent)), code, left};
}

void BlockScales::find(std::vector<int32_t> &largest, uint32_t outer, ScaleRow &row) const {
  const size_t count = largest.size(), room = (count + lineColumns - 1) / lineColumns * lineColumns;
  largest.resize(room, std::bit_cast<int32_t>(static_cast<float>(element_.largest()))); // a usual one
  row.scale.resize(room);
  row.inverse.resize(room);
  row.code.resize(room);
  row.left.clear();
  if (powers_)
    findPowers(largest, count, row);
  else if (scale_.outer() == OuterScale::none)
    findFloats(largest, count, row);
  else
    findInner(largest, count, outer, row);
}

// Scales that are no fp32s, and those under which a table's values would be rounded twice.
bool BlockScales::leavesRead(double value) const {
  return (static_cast<float>(value) != value && !std::isnan(value)) ||
         (element_.isList() && value * (powers_ ? element_.smallest() : 1) < 0x1p-126);
}

template <class Code>
void BlockScales::read(const Code *codes, int64_t count, uint32_t outer, ScaleRow &row) const {
  const ScaleInteger outerInteger = scale_.outerInteger(outer);
  const double above = outerInteger.significand * powerOfTwo(outerInteger.exponent);
  const auto size = static_cast<size_t>(count);
  row.scale.resize(size + lineColumns);
  row.left.clear();
  if (!byCode_.empty() && scale_.outer() == OuterScale::none) {
    for (size_t b = 0; b < size; ++b) {
      row.scale[b] = static_cast<float>(byCode_[codes[b]]);
      if (leavesByCode_[codes[b]])
        row.left.push_back(static_cast<int64_t>(b));
    }
    return;
  }
  if (!byCode_.empty() && isPlainScale(above)) { // products of few bits
    for (size_t b = 0; b < size; ++b)
      row.scale[b] = static_cast<float>(byCode_[codes[b]] * above);
    return;
  }
  for (size_t b = 0; b < size; ++b) {
    double value = 0;
    if (!byCode_.empty())
      value = byCode_[codes[b]] * above;
    else if (const uint32_t code = codes[b], field = code >> 23;
             isFp32_ && code << (8 + Fp32Scale::significantBits) == 0 && field > 0 && field < 255)
      value = std::bit_cast<float>(code); // one that an encoder makes
    else
      value = code == scale_.nanCode() ? std::numeric_limits<double>::quiet_NaN() : scale_.value(code, outer);
    row.scale[b] = static_cast<float>(value);
    if (leavesRead(value))
      row.left.push_back(static_cast<int64_t>(b));
  }
}

template void BlockScales::read(const uint8_t *, int64_t, uint32_t, ScaleRow &) const;
template void BlockScales::read(const uint32_t *, int64_t, uint32_t, ScaleRow &) const;

void BlockScales::findPowers(const std::vector<int32_t> &largest, size_t count, ScaleRow &row) const {
  const int32_t rounding = element_.roundsScale() ? 0x400000 : 0;
  const PowerConstants g = {rounding, std::ilogb(element_.largest()), scale_.minExponent(), scale_.maxExponent(),
                            leastExponent(element_)};
  if (HWY_DYNAMIC_DISPATCH(powerScales)(g, largest.data(), spanOf(row)))
    return;
  for (size_t b = 0; b < count; ++b) {
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

void BlockScales::findFloats(const std::vector<int32_t> &largest, size_t count, ScaleRow &row) const {
  const ScaledConstants grid = {(127 - 60) << 23, scale_.significandBits() - 1, 0x1p100F, true};
  if (quick_ &&
      HWY_DYNAMIC_DISPATCH(floatScales)(grid, static_cast<float>(element_.largest()), largest.data(), spanOf(row)))
    return;
  const uint32_t nan = scale_.nanCode();
  for (size_t b = 0; b < count; ++b) {
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

void BlockScales::findInner(const std::vector<int32_t> &largest, size_t count, uint32_t outer, ScaleRow &row) const {
  const ScaleInteger above = scale_.outerInteger(outer);
  const double value = above.significand * powerOfTwo(above.exponent), most = value * element_.largest();
  if (quick_ && isPlainScale(value) && isPlainScale(most))
    return HWY_DYNAMIC_DISPATCH(scalesUnder)(constantsOf(*scale_.innerGrid()),
                                             static_cast<float>(scale_.smallestInner()), static_cast<float>(most),
                                             static_cast<float>(value), scale_.nanCode(), largest.data(), spanOf(row));
  for (size_t b = 0; b < count; ++b) {
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
