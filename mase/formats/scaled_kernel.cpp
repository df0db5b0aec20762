// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/scaled_kernel.h"

#include "mase/formats/grid_block.h"
#include "mase/support/parallel.h"

#include <cstring>
#include <limits>
#include <vector>

#ifndef MASE_SCALED_KERNEL_CONSTANTS
#define MASE_SCALED_KERNEL_CONSTANTS
namespace mase {

/// A grid as the kernel needs it.
struct ScaledConstants {
  int32_t lowest;    // pattern of the lowest octave
  int32_t stepShift; // of a step's exponent field below its octave's
  float largest;
  bool octaves;
};

} // namespace mase
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/scaled_kernel.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, lineColumns>;
using I = hn::RebindToSigned<F>;
constexpr size_t lanes = hn::MaxLanes(F());

/// The multiple of a step that is nearest to magnitude / scale: the quotient rounded, then put right by its remainder,
/// which is exact. `inverse` is 1 / scale, rounded.
template <class V>
HWY_INLINE V nearest(const ScaledConstants &g, V magnitude, V scale, V inverse) {
  const F f;
  const I i;
  const auto quotient = hn::Mul(magnitude, inverse);
  auto octave = hn::Set(i, g.lowest);
  if (g.octaves)
    octave = hn::Max(hn::And(hn::BitCast(i, quotient), hn::Set(i, static_cast<int32_t>(exponentMask))), octave);
  const auto step = hn::BitCast(f, hn::Sub(octave, hn::Set(i, g.stepShift * (1 << 23))));
  // 2^23 steps: the sum's last bit is a step.
  const auto magic = hn::BitCast(f, hn::Add(octave, hn::Set(i, (23 - g.stepShift) * (1 << 23))));
  const auto sum = hn::Add(quotient, magic);
  const auto near = hn::Sub(sum, magic);
  const auto remainder = hn::Sub(magnitude, hn::Mul(near, scale));
  const auto half = hn::Mul(hn::Mul(step, hn::Set(f, 0.5F)), scale);
  const auto distance = hn::Abs(remainder);
  // Beyond the tie, or on it and odd.
  const auto isOdd = hn::RebindMask(f, hn::Eq(hn::And(hn::BitCast(i, sum), hn::Set(i, 1)), hn::Set(i, 1)));
  const auto wrong = hn::Or(hn::Gt(distance, half), hn::And(hn::Eq(distance, half), isOdd));
  const auto other = hn::Add(near, hn::CopySign(step, remainder));
  return hn::Min(hn::IfThenElse(wrong, other, near), hn::Set(f, g.largest)); // F4
}

/// The largest magnitude as a pattern; `finite`: of those that are.
template <bool finite>
HWY_INLINE int32_t largestOf(const float *x, int64_t cols) {
  const F f;
  const I i;
  auto largest = hn::Zero(i);
  const auto infinity = hn::Set(i, static_cast<int32_t>(exponentMask));
  const auto take = [&](const float *from) {
    auto magnitude = hn::BitCast(i, hn::Abs(hn::LoadU(f, from)));
    if constexpr (finite)
      magnitude = hn::IfThenElseZero(hn::Gt(infinity, magnitude), magnitude);
    largest = hn::Max(largest, magnitude);
  };
  int64_t c = 0;
  for (; c + static_cast<int64_t>(lanes) <= cols; c += static_cast<int64_t>(lanes))
    take(x + c);
  if (c < cols) {
    HWY_ALIGN float edge[lanes] = {};
    std::memcpy(edge, x + c, static_cast<size_t>(cols - c) * sizeof(float));
    take(edge);
  }
  return hn::GetLane(hn::MaxOfLanes(i, largest));
}

int32_t largestMagnitudePattern(bool finite, const float *x, int64_t cols) {
  return finite ? largestOf<true>(x, cols) : largestOf<false>(x, cols);
}

HWY_INLINE void quantizeSpan(const ScaledConstants &g, const float *x, float *y, int64_t cols, float scale,
                             float inverse) {
  const F f;
  const auto s = hn::Set(f, scale), over = hn::Set(f, inverse);
  const auto quantize = [&](const float *from, float *to) {
    const auto v = hn::LoadU(f, from);
    hn::StoreU(hn::CopySign(hn::Mul(nearest(g, hn::Abs(v), s, over), s), v), f, to); // F9
  };
  int64_t c = 0;
  for (; c + static_cast<int64_t>(lanes) <= cols; c += static_cast<int64_t>(lanes))
    quantize(x + c, y + c);
  if (c < cols) {
    HWY_ALIGN float edge[lanes] = {};
    std::memcpy(edge, x + c, static_cast<size_t>(cols - c) * sizeof(float));
    quantize(edge, edge);
    std::memcpy(y + c, edge, static_cast<size_t>(cols - c) * sizeof(float));
  }
}

/// One row under one scale.
void quantizeScaledRow(const ScaledConstants &g, const float *x, float *y, int64_t cols, float scale) {
  quantizeSpan(g, x, y, cols, scale, 1 / scale);
}

/// One row of blocks, whose scales are found under the outer one. `scales` has room for the blocks and two lines.
void quantizeInnerRow(const ScaledConstants &g, const ScaledConstants &inner, float smallest, int64_t blockCols,
                      const float *x, float *y, int64_t cols, float outer, float *scales) {
  const F f;
  const I i;
  const int64_t blocks = (cols + blockCols - 1) / blockCols;
  const int64_t room = (blocks + lineColumns - 1) / lineColumns * lineColumns;
  float *inverses = scales + room;
  for (int64_t b = 0; b < blocks; ++b) {
    const int32_t pattern = largestOf<false>(x + b * blockCols, std::min(blockCols, cols - b * blockCols));
    std::memcpy(scales + b, &pattern, sizeof pattern);
  }
  for (int64_t b = blocks; b < room; ++b)
    scales[b] = 1;
  const auto unit = hn::Set(f, g.largest * outer), over = hn::Set(f, 1 / (g.largest * outer));
  for (int64_t b = 0; b < room; b += static_cast<int64_t>(lanes)) {
    const auto largest = hn::LoadU(f, scales + b);
    const auto isNumber = hn::Gt(hn::Set(i, static_cast<int32_t>(exponentMask)), hn::BitCast(i, largest));
    const auto found = hn::Max(nearest(inner, largest, unit, over), hn::Set(f, smallest)); // F1
    const auto scale = hn::Mul(found, hn::Set(f, outer));
    const auto good = hn::IfThenElse(hn::RebindMask(f, isNumber), scale, hn::NaN(f)); // F5
    hn::StoreU(good, f, scales + b);
    hn::StoreU(hn::Div(hn::Set(f, 1.0F), good), f, inverses + b);
  }
  for (int64_t b = 0; b < blocks; ++b)
    quantizeSpan(g, x + b * blockCols, y + b * blockCols, std::min(blockCols, cols - b * blockCols), scales[b],
                 inverses[b]);
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(largestMagnitudePattern);
HWY_EXPORT(quantizeScaledRow);
HWY_EXPORT(quantizeInnerRow);

namespace {

constexpr int64_t pieceElements = 1 << 16;

ScaledConstants constantsOf(const RoundingGrid &grid) {
  const auto largest = static_cast<float>(grid.largest);
  return {(grid.minExponent + 127) << 23, grid.mantissaBits, largest, grid.minExponent < std::ilogb(grid.largest)};
}

// Everything between stays a normal number far from both ends.
bool isPlain(double scale) { return std::isnan(scale) || (scale >= 0x1p-60 && scale <= 0x1p60); }

int significandBits(double value) {
  int bits = 1;
  for (value = std::ldexp(value, -std::ilogb(value)); value != std::floor(value); value *= 2)
    ++bits;
  return bits;
}

void forRows(ConstMatrixView x, const std::function<void(int64_t first, int64_t last)> &work) {
  const int64_t each = std::max<int64_t>(pieceElements / std::max<int64_t>(x.cols, 1), 1);
  parallelFor((x.rows + each - 1) / each,
              [&](int64_t piece) { work(piece * each, std::min((piece + 1) * each, x.rows)); });
}

// The scales of all rows; one for the tensor is given to each.
std::vector<double> chooseScales(const ScaledGrid &grid, const ScaleChoice &choose, ConstMatrixView x) {
  std::vector<float> largest(static_cast<size_t>(x.rows));
  const auto find = HWY_DYNAMIC_DISPATCH(largestMagnitudePattern);
  forRows(x, [&](int64_t first, int64_t last) {
    for (int64_t r = first; r < last; ++r)
      largest[static_cast<size_t>(r)] = std::bit_cast<float>(find(grid.hasInner, x.row(r), x.cols));
  });
  std::vector<double> scales;
  if (!grid.wholeTensor) {
    for (float magnitude : largest)
      scales.push_back(choose(magnitude));
    return scales;
  }
  int32_t most = 0; // as patterns: NaN counts
  for (float magnitude : largest)
    most = std::max(most, std::bit_cast<int32_t>(magnitude));
  scales.assign(largest.size(), choose(std::bit_cast<float>(most)));
  return scales;
}

} // namespace

bool scaledKernelTakes(const ScaledGrid &grid, int scaleBits) {
  const bool elements = grid.element.mantissaBits + 1 + scaleBits <= 24 && grid.element.minExponent >= -60 &&
                        grid.element.largest <= 0x1p30;
  return elements &&
         (!grid.hasInner || (grid.innerCols % lineColumns == 0 &&
                             grid.inner.mantissaBits + 1 + scaleBits + significandBits(grid.element.largest) <= 24));
}

bool scaledFakeQuantize(const ScaledGrid &grid, const ScaleChoice &choose, ConstMatrixView x, MatrixView y) {
  const ScaledConstants element = constantsOf(grid.element), inner = constantsOf(grid.inner);
  const auto scaledRow = HWY_DYNAMIC_DISPATCH(quantizeScaledRow);
  const auto innerRow = HWY_DYNAMIC_DISPATCH(quantizeInnerRow);
  const std::vector<double> scales = chooseScales(grid, choose, x);
  if (!std::all_of(scales.begin(), scales.end(), isPlain))
    return false;
  forRows(x, [&](int64_t first, int64_t last) {
    std::vector<float> room(
        grid.hasInner ? static_cast<size_t>(2 * ((x.cols + grid.innerCols - 1) / grid.innerCols + lineColumns)) : 0);
    for (int64_t r = first; r < last; ++r) {
      const auto scale = static_cast<float>(scales[static_cast<size_t>(r)]);
      if (std::isnan(scale))
        std::fill_n(y.row(r), x.cols, scale);
      else if (grid.hasInner)
        innerRow(element, inner, grid.smallestInner, grid.innerCols, x.row(r), y.row(r), x.cols, scale, room.data());
      else
        scaledRow(element, x.row(r), y.row(r), x.cols, scale);
    }
  });
  return true;
}

} // namespace mase
#endif
