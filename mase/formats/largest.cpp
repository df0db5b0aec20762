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

/// Of four blocks side by side: their vectors are transposed in part, as a maximum of lanes takes many steps.
template <int64_t blockCols>
HWY_INLINE void largestOfFour(const float *x, int32_t *largest) {
  const F f;
  const I i;
  const hn::Repartition<int64_t, I> pairs;
  hn::Vec<I> most[4];
  for (int64_t b = 0; b < 4; ++b) {
    most[b] = hn::Zero(i);
    for (int64_t c = 0; c < blockCols; c += static_cast<int64_t>(lanes)) {
      hwy::Prefetch(x + b * blockCols + c + ahead);
      most[b] = hn::Max(most[b], hn::BitCast(i, hn::Abs(hn::LoadU(f, x + b * blockCols + c))));
    }
  }
  const auto two = [&](auto a, auto b) HWY_ATTR {
    return hn::BitCast(pairs, hn::Max(hn::InterleaveLower(i, a, b), hn::InterleaveUpper(i, a, b)));
  };
  const auto low = two(most[0], most[1]), high = two(most[2], most[3]);
  auto four = hn::Max(hn::BitCast(i, hn::InterleaveLower(pairs, low, high)),
                      hn::BitCast(i, hn::InterleaveUpper(pairs, low, high))); // in each 128 bits
  if constexpr (lanes >= 8)
    four = hn::Max(four, hn::ConcatLowerUpper(i, four, four));
  if constexpr (lanes >= 16)
    four = hn::Max(four, hn::SwapAdjacentBlocks(four));
  HWY_ALIGN int32_t result[lanes];
  hn::Store(four, i, result);
  std::memcpy(largest, result, 4 * sizeof(int32_t));
}

void largestOfEach(const float *x, int64_t cols, int64_t blockCols, int32_t *largest) {
  const auto one = [&](int64_t b, int64_t size) {
    largest[b] = hn::GetLane(hn::MaxOfLanes(I(), largestLanes<false>(x + b * blockCols, size)));
  };
  const int64_t whole = cols / blockCols;
  int64_t b = 0;
  if (blockCols == lineColumns) // the usual ones are unrolled
    for (; b + 4 <= whole; b += 4)
      largestOfFour<lineColumns>(x + b * lineColumns, largest + b);
  else if (blockCols == 2 * lineColumns)
    for (; b + 4 <= whole; b += 4)
      largestOfFour<2 * lineColumns>(x + b * 2 * lineColumns, largest + b);
  else if (blockCols == 4 * lineColumns)
    for (; b + 4 <= whole; b += 4)
      largestOfFour<4 * lineColumns>(x + b * 4 * lineColumns, largest + b);
  for (; b < whole; ++b)
    one(b, blockCols);
  if (whole * blockCols < cols)
    one(whole, cols - whole * blockCols);
}

void raiseColumns(const float *x, int64_t cols, int32_t *largest) {
  const F f;
  const I i;
  int64_t c = 0;
  for (; c + static_cast<int64_t>(lanes) <= cols; c += static_cast<int64_t>(lanes))
    hn::StoreU(hn::Max(hn::LoadU(i, largest + c), hn::BitCast(i, hn::Abs(hn::LoadU(f, x + c)))), i, largest + c);
  for (; c < cols; ++c)
    largest[c] = std::max(largest[c], std::bit_cast<int32_t>(std::fabs(x[c])));
}

void spreadOfColumns(int32_t *largest, int64_t cols, int64_t blockCols) {
  const I i;
  for (int64_t c = 0; c < cols; c += static_cast<int64_t>(lanes)) {
    auto v = hn::LoadU(i, largest + c);
    if (blockCols >= 2)
      v = hn::Max(v, hn::Reverse2(i, v));
    if (blockCols >= 4)
      v = hn::Max(v, hn::Reverse4(i, v));
    if constexpr (lanes >= 8)
      if (blockCols >= 8)
        v = hn::Max(v, hn::Reverse8(i, v));
    hn::StoreU(v, i, largest + c);
  }
  if (lanes < 8 && blockCols == 8)
    for (int64_t c = 0; c < cols; c += 8)
      std::fill_n(largest + c, 8, *std::max_element(largest + c, largest + c + 8));
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(largestOfAll);
HWY_EXPORT(largestOfEach);
HWY_EXPORT(raiseColumns);
HWY_EXPORT(spreadOfColumns);

int32_t largestOfRow(const float *x, int64_t cols, bool finite) {
  return HWY_DYNAMIC_DISPATCH(largestOfAll)(x, cols, finite);
}

void largestOfBlocks(const float *x, int64_t cols, int64_t blockCols, int32_t *largest) {
  HWY_DYNAMIC_DISPATCH(largestOfEach)(x, cols, blockCols, largest);
}

void raiseLargest(const float *x, int64_t cols, int32_t *largest) {
  HWY_DYNAMIC_DISPATCH(raiseColumns)(x, cols, largest);
}

bool canSpreadLargest(int64_t blockCols) {
  return blockCols == 1 || blockCols == 2 || blockCols == 4 || blockCols == 8;
}

void spreadLargest(int32_t *largest, int64_t cols, int64_t blockCols) {
  HWY_DYNAMIC_DISPATCH(spreadOfColumns)(largest, cols, blockCols);
}

int32_t largestOfPatterns(const int32_t *patterns, int64_t count) {
  // They are numbers that are not negative: so are their own magnitudes.
  return largestOfRow(reinterpret_cast<const float *>(patterns), count, false);
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
