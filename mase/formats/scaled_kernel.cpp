// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/scaled_kernel.h"

#include "mase/formats/grid_block.h"
#include "mase/support/parallel.h"

#include <cstring>
#include <limits>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/scaled_kernel.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>
#include "mase/formats/nearest-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Calls work(from, to) for each vector of a row, the last of which is a copy with zeros behind it.
template <class Work>
HWY_INLINE void forVectors(const float *x, float *y, int64_t cols, const Work &work) {
  int64_t c = 0;
  for (; c + static_cast<int64_t>(lanes) <= cols; c += static_cast<int64_t>(lanes))
    work(x + c, y + c);
  if (c < cols) {
    HWY_ALIGN float edge[lanes] = {};
    std::memcpy(edge, x + c, static_cast<size_t>(cols - c) * sizeof(float));
    work(edge, edge);
    std::memcpy(y + c, edge, static_cast<size_t>(cols - c) * sizeof(float));
  }
}

/// The largest magnitude as a pattern; `finite`: of those that are.
template <bool finite>
HWY_INLINE int32_t largestOf(const float *x, int64_t cols) {
  const F f;
  const I i;
  const auto infinity = hn::Set(i, static_cast<int32_t>(exponentMask));
  auto largest = hn::Zero(i);
  const auto take = [&](const float *from) {
    auto magnitude = hn::BitCast(i, hn::Abs(hn::LoadU(f, from)));
    if constexpr (finite)
      magnitude = hn::IfThenElseZero(hn::Gt(infinity, magnitude), magnitude);
    largest = hn::Max(largest, magnitude);
  };
  int64_t c = 0;
  for (; c + static_cast<int64_t>(lanes) <= cols; c += static_cast<int64_t>(lanes)) {
    hwy::Prefetch(x + c + ahead);
    take(x + c);
  }
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

template <bool octaves, bool stream>
HWY_INLINE void quantizeSpan(const ScaledConstants &g, const float *x, float *y, int64_t cols, float scale,
                             float inverse) {
  const F f;
  const auto s = hn::Set(f, scale), half = hn::Set(f, 0.5F * scale), over = hn::Set(f, inverse);
  forVectors(x, y, cols, [&](const float *from, float *to) {
    const auto v = hn::LoadU(f, from);
    const auto result = hn::CopySign(hn::Mul(nearest<octaves>(g, hn::Abs(v), s, half, over), s), v); // F9
    if constexpr (stream)
      hn::Stream(result, f, to);
    else
      hn::StoreU(result, f, to);
  });
}

/// One row under one scale.
template <bool octaves>
void quantizeRow(const ScaledConstants &g, bool stream, const float *x, float *y, int64_t cols, float scale) {
  const auto kernel = stream ? quantizeSpan<octaves, true> : quantizeSpan<octaves, false>;
  kernel(g, x, y, cols, scale, 1 / scale);
}

void quantizeScaledRow(const ScaledConstants &g, bool stream, const float *x, float *y, int64_t cols, float scale) {
  (g.octaves ? quantizeRow<true> : quantizeRow<false>)(g, stream, x, y, cols, scale);
}

/// From the largest magnitudes of blocks to their scales and the inverses of those.
HWY_INLINE void innerScales(const ScaledConstants &g, const ScaledConstants &inner, float smallest, float outer,
                            float *scales, float *inverses, int64_t count) {
  const F f;
  const I i;
  const float most = g.largest * outer;
  const auto unit = hn::Set(f, most), half = hn::Set(f, 0.5F * most), over = hn::Set(f, 1 / most);
  for (int64_t b = 0; b < count; b += static_cast<int64_t>(lanes)) {
    const auto largest = hn::LoadU(f, scales + b);
    const auto isNumber = hn::Gt(hn::Set(i, static_cast<int32_t>(exponentMask)), hn::BitCast(i, largest));
    const auto found = hn::Max(nearest<true>(inner, largest, unit, half, over), hn::Set(f, smallest)); // F1
    const auto scale = hn::Mul(found, hn::Set(f, outer));
    const auto good = hn::IfThenElse(hn::RebindMask(f, isNumber), scale, hn::NaN(f)); // F5
    hn::StoreU(good, f, scales + b);
    hn::StoreU(hn::Div(hn::Set(f, 1.0F), good), f, inverses + b);
  }
}

template <bool octaves, bool stream>
void quantizeBlocks(const ScaledConstants &g, const ScaledConstants &inner, float smallest, int64_t blockCols,
                    const float *x, float *y, int64_t cols, float outer, float *scales) {
  const int64_t blocks = (cols + blockCols - 1) / blockCols, whole = cols / blockCols;
  const int64_t room = (blocks + lineColumns - 1) / lineColumns * lineColumns;
  float *inverses = scales + room;
  const auto patterns = [&](int64_t b, int64_t size) {
    const int32_t pattern = largestOf<false>(x + b * blockCols, size);
    std::memcpy(scales + b, &pattern, sizeof pattern);
  };
  const auto quantize = [&](int64_t b, int64_t size) {
    quantizeSpan<octaves, stream>(g, x + b * blockCols, y + b * blockCols, size, scales[b], inverses[b]);
  };
  // Blocks of one line, the usual ones, are unrolled.
  const auto forBlocks = [&](const auto &work) {
    if (blockCols == lineColumns)
      for (int64_t b = 0; b < whole; ++b)
        work(b, lineColumns);
    else
      for (int64_t b = 0; b < whole; ++b)
        work(b, blockCols);
    if (whole < blocks)
      work(whole, cols - whole * blockCols);
  };
  forBlocks(patterns);
  std::fill(scales + blocks, scales + room, 1.0F);
  innerScales(g, inner, smallest, outer, scales, inverses, room);
  forBlocks(quantize);
}

/// One row of blocks, whose scales are found under the outer one. `scales` has room for the blocks and two lines,
/// twice.
void quantizeInnerRow(const ScaledConstants &g, const ScaledConstants &inner, bool stream, float smallest,
                      int64_t blockCols, const float *x, float *y, int64_t cols, float outer, float *scales) {
  const auto kernel = g.octaves ? (stream ? quantizeBlocks<true, true> : quantizeBlocks<true, false>)
                                : (stream ? quantizeBlocks<false, true> : quantizeBlocks<false, false>);
  kernel(g, inner, smallest, blockCols, x, y, cols, outer, scales);
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

int significandBits(double value) {
  const auto significand = static_cast<uint64_t>(std::ldexp(value, 52 - std::ilogb(value)));
  return 53 - std::countr_zero(significand);
}

void forRows(ConstMatrixView x, const std::function<void(int64_t first, int64_t last)> &work) {
  const int64_t each = std::max<int64_t>(pieceElements / std::max<int64_t>(x.cols, 1), 1);
  parallelFor((x.rows + each - 1) / each,
              [&](int64_t piece) { work(piece * each, std::min((piece + 1) * each, x.rows)); });
}

// The scale that all rows share.
double tensorScale(const ScaledGrid &grid, const ScaleChoice &choose, ConstMatrixView x) {
  std::vector<int32_t> largest(static_cast<size_t>(x.rows));
  const auto find = HWY_DYNAMIC_DISPATCH(largestMagnitudePattern);
  forRows(x, [&](int64_t first, int64_t last) {
    for (int64_t r = first; r < last; ++r)
      largest[static_cast<size_t>(r)] = find(grid.hasInner, x.row(r), x.cols);
  });
  int32_t most = 0; // as patterns: NaN counts
  for (int32_t pattern : largest)
    most = std::max(most, pattern);
  return choose(std::bit_cast<float>(most));
}

} // namespace

bool scaledKernelTakes(const ScaledGrid &grid, int scaleBits) {
  const bool elements = grid.element.mantissaBits + 1 + scaleBits <= 24 && grid.element.minExponent >= -60 &&
                        grid.element.largest <= 0x1p30;
  return elements &&
         (!grid.hasInner || (grid.innerCols % lineColumns == 0 &&
                             grid.inner.mantissaBits + 1 + scaleBits + significandBits(grid.element.largest) <= 24));
}

void scaledFakeQuantize(const ScaledGrid &grid, const ScaleChoice &choose, const BlockReference &reference,
                        ConstMatrixView x, MatrixView y) {
  const ScaledConstants element = constantsOf(grid.element), inner = constantsOf(grid.inner);
  const auto find = HWY_DYNAMIC_DISPATCH(largestMagnitudePattern);
  const auto scaledRow = HWY_DYNAMIC_DISPATCH(quantizeScaledRow);
  const auto innerRow = HWY_DYNAMIC_DISPATCH(quantizeInnerRow);
  const bool stream = goesPastCaches(x, y);
  const double shared = grid.wholeTensor ? tensorScale(grid, choose, x) : 0;
  if (!isPlainScale(shared) && grid.wholeTensor)
    return reference(x, y);
  forRows(x, [&](int64_t first, int64_t last) {
    std::vector<float> room(
        grid.hasInner ? static_cast<size_t>(2 * ((x.cols + grid.innerCols - 1) / grid.innerCols + lineColumns)) : 0);
    for (int64_t r = first; r < last; ++r) {
      const double chosen =
          grid.wholeTensor ? shared : choose(std::bit_cast<float>(find(grid.hasInner, x.row(r), x.cols)));
      const auto scale = static_cast<float>(chosen);
      if (!isPlainScale(chosen))
        reference({x.row(r), 1, x.cols, x.stride}, {y.row(r), 1, x.cols, y.stride});
      else if (std::isnan(scale))
        std::fill_n(y.row(r), x.cols, scale);
      else if (grid.hasInner)
        innerRow(element, inner, stream, grid.smallestInner, grid.innerCols, x.row(r), y.row(r), x.cols, scale,
                 room.data());
      else
        scaledRow(element, stream, x.row(r), y.row(r), x.cols, scale);
    }
    hwy::FlushStream();
  });
}

} // namespace mase
#endif
