// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/largest.h"

#include "mase/formats/grid_block.h"
#include "mase/support/parallel.h"

#include <cstring>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/largest.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>
#include "mase/formats/nearest-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {

/// `finite`: of those that are.
template <bool finite>
HWY_INLINE hn::Vec<I> largestLanes(const float *x, int64_t cols) {
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
  return largest;
}

int32_t largestOfAll(const float *x, int64_t cols, bool finite) {
  return hn::GetLane(hn::MaxOfLanes(I(), finite ? largestLanes<true>(x, cols) : largestLanes<false>(x, cols)));
}

void largestOfEach(const float *x, int64_t cols, int64_t blockCols, int32_t *largest) {
  const auto one = [&](int64_t b, int64_t size) {
    largest[b] = hn::GetLane(hn::MaxOfLanes(I(), largestLanes<false>(x + b * blockCols, size)));
  };
  const int64_t whole = cols / blockCols;
  if (blockCols == lineColumns) // the usual ones are unrolled
    for (int64_t b = 0; b < whole; ++b)
      one(b, lineColumns);
  else if (blockCols == 2 * lineColumns)
    for (int64_t b = 0; b < whole; ++b)
      one(b, 2 * lineColumns);
  else
    for (int64_t b = 0; b < whole; ++b)
      one(b, blockCols);
  if (whole * blockCols < cols)
    one(whole, cols - whole * blockCols);
}

void raiseColumns(const float *x, int64_t cols, int32_t *largest) {
  const F f;
  const I i;
  int64_t c = 0;
  for (; c + static_cast<int64_t>(lanes) <= cols; c += static_cast<int64_t>(lanes)) {
    hwy::Prefetch(x + c + ahead);
    hn::StoreU(hn::Max(hn::LoadU(i, largest + c), hn::BitCast(i, hn::Abs(hn::LoadU(f, x + c)))), i, largest + c);
  }
  for (; c < cols; ++c)
    largest[c] = std::max(largest[c], std::bit_cast<int32_t>(std::fabs(x[c])));
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(largestOfAll);
HWY_EXPORT(largestOfEach);
HWY_EXPORT(raiseColumns);

int32_t largestOfRow(const float *x, int64_t cols, bool finite) {
  return HWY_DYNAMIC_DISPATCH(largestOfAll)(x, cols, finite);
}

void largestOfBlocks(const float *x, int64_t cols, int64_t blockCols, int32_t *largest) {
  HWY_DYNAMIC_DISPATCH(largestOfEach)(x, cols, blockCols, largest);
}

void raiseLargest(const float *x, int64_t cols, int32_t *largest) {
  HWY_DYNAMIC_DISPATCH(raiseColumns)(x, cols, largest);
}

int32_t largestPattern(ConstMatrixView x, bool finite) {
  constexpr int64_t pieceElements = 1 << 16;
  const int64_t each = std::max<int64_t>(pieceElements / std::max<int64_t>(x.cols, 1), 1);
  const int64_t pieces = (x.rows + each - 1) / each;
  std::vector<int32_t> largest(static_cast<size_t>(pieces));
  parallelFor(pieces, [&](int64_t piece) {
    int32_t &most = largest[static_cast<size_t>(piece)];
    for (int64_t r = piece * each; r < std::min((piece + 1) * each, x.rows); ++r)
      most = std::max(most, largestOfRow(x.row(r), x.cols, finite));
  });
  int32_t most = 0;
  for (const int32_t pattern : largest)
    most = std::max(most, pattern);
  return most;
}

} // namespace mase
#endif
