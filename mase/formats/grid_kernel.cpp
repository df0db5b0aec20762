// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The largest magnitude of a block is an integer maximum of bit patterns, as non-negative floats order like them. The
// rest is one addition: |x| + C rounds |x| to a multiple of 2^(k - 23) when C = 2^k > |x|, to nearest even as
// every sum is; taking C away again is exact. k follows the octave of x, down to the grid's lowest one.

#include "mase/formats/grid_kernel.h"

#include "mase/formats/grid_block.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/grid_kernel.cpp"
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
static_assert(lineColumns % lanes == 0);

/// Rounds a vector to the grid. `octaves`: the step follows the octave (floats); otherwise it is the same for all of
/// the block (integers).
template <bool octaves, class V, class VI>
HWY_INLINE V roundVector(V x, VI lowest, V limit, VI magicShift) {
  const F f;
  const I i;
  const V magnitude = hn::Abs(x);
  VI octave = lowest;
  if constexpr (octaves)
    octave = hn::Max(hn::And(hn::BitCast(i, magnitude), hn::Set(i, static_cast<int32_t>(exponentMask))), lowest);
  const V magic = hn::BitCast(f, hn::Add(octave, magicShift));
  const V rounded = hn::Sub(hn::Add(magnitude, magic), magic);
  return hn::CopySign(hn::Min(rounded, limit), x); // F4 saturation, F9 the sign of zero
}

/// Whether one of the numbers is subnormal and not zero.
template <class V>
HWY_INLINE bool hasSubnormals(V x) {
  const I i;
  const auto magnitude = hn::BitCast(i, hn::Abs(x));
  const auto exponent = hn::And(magnitude, hn::Set(i, static_cast<int32_t>(exponentMask)));
  const auto zero = hn::Zero(i);
  return !hn::AllFalse(i, hn::And(hn::Eq(exponent, zero), hn::Gt(magnitude, zero)));
}

template <bool stream, class V>
HWY_INLINE void put(V value, float *y) {
  if constexpr (stream)
    hn::Stream(value, F(), y);
  else
    hn::StoreU(value, F(), y);
}

/// One block of `rows` x `cols`, cols a multiple of a line or cut by the edge. False when it is the reference's.
template <bool octaves, bool stream>
bool quantizeBlock(const GridTable &g, const float *x, int64_t xStride, float *y, int64_t yStride, int64_t rows,
                   int64_t cols) {
  const F f;
  const I i;
  const int64_t whole = cols - cols % static_cast<int64_t>(lanes), tail = cols - whole;
  auto largest = hn::Zero(i);
  HWY_ALIGN float edge[lineColumns] = {};
  for (int64_t r = 0; r < rows; ++r) {
    const float *row = x + r * xStride;
    for (int64_t c = 0; c < whole; c += static_cast<int64_t>(lanes))
      largest = hn::Max(largest, hn::BitCast(i, hn::Abs(hn::LoadU(f, row + c))));
    if (tail > 0) {
      std::memcpy(edge, row + whole, static_cast<size_t>(tail) * sizeof(float));
      largest = hn::Max(largest, hn::BitCast(i, hn::Abs(hn::Load(f, edge))));
    }
  }
  const BlockConstants &block = g.of(static_cast<uint32_t>(hn::GetLane(hn::MaxOfLanes(i, largest))));
  if (block.kind != BlockConstants::plain)
    return false;
  const auto lowest = hn::Set(i, static_cast<int32_t>(block.lowest));
  const auto limit = hn::BitCast(f, hn::Set(i, static_cast<int32_t>(block.limit)));
  const auto shift = hn::Set(i, g.grid.magicShift * (1 << 23));
  for (int64_t r = 0; r < rows; ++r) {
    const float *row = x + r * xStride;
    float *out = y + r * yStride;
    for (int64_t c = 0; c < whole; c += static_cast<int64_t>(lanes))
      put<stream>(roundVector<octaves>(hn::LoadU(f, row + c), lowest, limit, shift), out + c);
    if (tail > 0) {
      std::memcpy(edge, row + whole, static_cast<size_t>(tail) * sizeof(float));
      hn::Store(roundVector<octaves>(hn::Load(f, edge), lowest, limit, shift), f, edge);
      std::memcpy(out + whole, edge, static_cast<size_t>(tail) * sizeof(float));
    }
  }
  return true;
}

/// Blocks of one row and `vectors` vectors, which stay in registers between the two passes. Returns the first block
/// that is the reference's, or `blocks`.
template <bool octaves, bool stream, size_t vectors>
int64_t quantizeRow(const GridTable &g, const float *x, float *y, int64_t blocks) {
  const F f;
  const I i;
  const auto shift = hn::Set(i, g.grid.magicShift * (1 << 23));
  for (int64_t b = 0; b < blocks; ++b, x += vectors * lanes, y += vectors * lanes) {
    hn::Vec<F> block[vectors];
    auto largest = hn::Zero(i);
    for (size_t k = 0; k < vectors; ++k) {
      if (k * lanes % lineColumns == 0)
        hwy::Prefetch(x + k * lanes + ahead);
      block[k] = hn::LoadU(f, x + k * lanes);
      largest = hn::Max(largest, hn::BitCast(i, hn::Abs(block[k])));
    }
    const BlockConstants &constants = g.of(static_cast<uint32_t>(hn::GetLane(hn::MaxOfLanes(i, largest))));
    if (constants.kind == BlockConstants::reference)
      return b;
    if (constants.kind == BlockConstants::deep)
      for (size_t k = 0; k < vectors; ++k)
        if (hasSubnormals(block[k]))
          return b;
    const auto lowest = hn::Set(i, static_cast<int32_t>(constants.lowest));
    const auto limit = hn::BitCast(f, hn::Set(i, static_cast<int32_t>(constants.limit)));
    for (size_t k = 0; k < vectors; ++k)
      put<stream>(roundVector<octaves>(block[k], lowest, limit, shift), y + k * lanes);
  }
  return blocks;
}

/// Columns of a strip, and how far ahead of it its rows are asked for; measured. Rows of a strip lie far apart. Past
/// the caches, a line of each is best: wider strips interleave more writes than the memory takes in order. Otherwise
/// a piece of each row is read in order, and what is asked for is the strip that comes next: farther ahead it has left
/// the caches again, and less far it was asked for already.
template <bool stream>
constexpr int64_t stripColumns = stream ? lineColumns : 128;
constexpr int64_t stripAhead = 128;

/// Rows of a strip that are kept aside while its scales are found. What is written where it was read is not: it is in
/// the cache that the writing needs it in.
template <bool stream>
constexpr int64_t keptRows = stream ? 32 : 0;

/// Asks for a line. Past the caches on its way to the second-level one: rows that lie a power of two apart share a few
/// lines of the first.
template <bool stream>
HWY_INLINE void askForLine(const float *x) {
  __builtin_prefetch(x, 0, stream ? 2 : 3);
}

/// Spreads the largest of every `blockCols` neighbours to all of them.
template <int64_t blockCols>
HWY_INLINE void spreadLargest(int32_t *largest, int64_t cols) {
  if constexpr (blockCols <= static_cast<int64_t>(lanes)) {
    const I i;
    for (int64_t c = 0; c < cols; c += static_cast<int64_t>(lanes)) {
      auto v = hn::Load(i, largest + c);
      v = hn::Max(v, hn::Reverse2(i, v));
      if constexpr (blockCols >= 4)
        v = hn::Max(v, hn::Reverse4(i, v));
      if constexpr (blockCols >= 8)
        v = hn::Max(v, hn::Reverse8(i, v));
      hn::Store(v, i, largest + c);
    }
    return;
  }
  for (int64_t c = 0; c < cols; c += blockCols) {
    int32_t most = largest[c];
    for (int64_t k = 1; k < blockCols; ++k)
      most = std::max(most, largest[c + k]);
    for (int64_t k = 0; k < blockCols; ++k)
      largest[c + k] = most;
  }
}

/// constantsOf for every column: from the largest magnitude to `lowest` and `limit`, in place and beside it. False when
/// a block is the reference's.
HWY_INLINE bool columnConstants(const GridConstants &g, int32_t *largest, int32_t *limits, int64_t cols) {
  const I i;
  const auto set = [&](int32_t value) { return hn::Set(i, value); };
  auto good = hn::Eq(set(0), set(0));
  for (int64_t c = 0; c < cols; c += static_cast<int64_t>(lanes)) {
    const auto pattern = hn::Load(i, largest + c);
    const auto plain = hn::IfThenElse(hn::Eq(pattern, set(0)), set(127 << 23), pattern);
    const auto rounded = hn::ShiftRight<23>(hn::Add(plain, set(static_cast<int32_t>(g.scaleRounding))));
    const auto field = hn::Min(rounded, set(254));
    const auto scale = hn::Min(hn::Max(hn::Sub(field, set(127 + g.elementExponent)), set(g.minScale)), set(g.maxScale));
    const auto limit = hn::Add(scale, set(g.elementExponent + 127));
    const auto lowest = hn::Add(scale, set(g.lowestOctave + 127));
    const auto top = hn::Add(hn::Max(field, lowest), set(g.magicShift));
    const auto inside = [&](auto value, int32_t least, int32_t most) {
      return hn::And(hn::Gt(value, set(least - 1)), hn::Gt(set(most + 1), value));
    };
    good = hn::And(good, hn::And(hn::And(inside(hn::ShiftRight<23>(plain), 1, 254), inside(limit, 1, 254)),
                                 hn::And(hn::Gt(lowest, set(0)), hn::Gt(set(255), top))));
    hn::Store(hn::ShiftLeft<23>(lowest), i, largest + c);
    hn::Store(hn::Or(hn::ShiftLeft<23>(limit), set(static_cast<int32_t>(g.limitMantissa))), i, limits + c);
  }
  return hn::AllTrue(i, good);
}

/// `cols` columns (a multiple of a line) in blocks of `rows` x `blockCols`, fewer columns than a line. False when one
/// of them is the reference's. Scales and limits of all columns stay in registers.
template <bool octaves, bool stream, int64_t cols>
bool quantizeStrip(const GridTable &g, const float *x, int64_t xStride, float *y, int64_t yStride, int64_t rows,
                   int64_t blockCols) {
  const F f;
  const I i;
  constexpr size_t vectors = cols / lanes;
  HWY_ALIGN int32_t lowest[cols], limit[cols];
  HWY_ALIGN float kept[std::max<int64_t>(keptRows<stream>, 1) * cols];
  const bool keeps = rows <= keptRows<stream>;
  hn::Vec<I> largest[vectors];
  for (size_t k = 0; k < vectors; ++k)
    largest[k] = hn::Zero(i);
  for (int64_t r = 0; r < rows; ++r) {
    const float *row = x + r * xStride;
    for (size_t k = 0; k < vectors; ++k) {
      if (k * lanes % lineColumns == 0)
        askForLine<stream>(row + k * lanes + stripAhead);
      const auto v = hn::LoadU(f, row + k * lanes);
      largest[k] = hn::Max(largest[k], hn::BitCast(i, hn::Abs(v)));
      if (keeps)
        hn::Store(v, f, kept + r * cols + k * lanes);
    }
  }
  for (size_t k = 0; k < vectors; ++k)
    hn::Store(largest[k], i, lowest + k * lanes);
  if (blockCols == 2)
    spreadLargest<2>(lowest, cols);
  else if (blockCols == 4)
    spreadLargest<4>(lowest, cols);
  else if (blockCols == 8)
    spreadLargest<8>(lowest, cols);
  if (!columnConstants(g.grid, lowest, limit, cols))
    return false;
  const auto shift = hn::Set(i, g.grid.magicShift * (1 << 23));
  hn::Vec<F> high[vectors];
  for (size_t k = 0; k < vectors; ++k) {
    largest[k] = hn::Load(i, lowest + k * lanes);
    high[k] = hn::BitCast(f, hn::Load(i, limit + k * lanes));
  }
  const float *source = keeps ? kept : x;
  const int64_t sourceStride = keeps ? cols : xStride;
  for (int64_t r = 0; r < rows; ++r)
    for (size_t k = 0; k < vectors; ++k)
      put<stream>(roundVector<octaves>(hn::LoadU(f, source + r * sourceStride + k * lanes), largest[k], high[k], shift),
                  y + r * yStride + k * lanes);
  return true;
}

/// One row of blocks: x and y have at most `block.rows` rows.
template <bool octaves, bool stream>
void quantizeBlockRow(const GridTable &g, BlockShape block, const BlockReference &reference, ConstMatrixView x,
                      MatrixView y) {
  const auto part = [&](int64_t c, int64_t cols) {
    reference({x.data + c, x.rows, cols, x.stride}, {y.data + c, y.rows, cols, y.stride});
  };
  int64_t c = 0;
  if (block.cols < lineColumns) {
    while (c + lineColumns <= x.cols) {
      constexpr int64_t width = stripColumns<stream>;
      const bool wide = c + width <= x.cols;
      const auto strip = wide ? quantizeStrip<octaves, stream, width> : quantizeStrip<octaves, stream, lineColumns>;
      const int64_t cols = wide ? width : lineColumns;
      if (!strip(g, x.data + c, x.stride, y.data + c, y.stride, x.rows, block.cols))
        part(c, cols);
      c += cols;
    }
    if (c < x.cols)
      part(c, x.cols - c);
    return;
  }
  const bool inRegisters = x.rows == 1 && (block.cols == lineColumns || block.cols == 2 * lineColumns);
  constexpr size_t perLine = lineColumns / lanes;
  while (inRegisters && c + block.cols <= x.cols) {
    const int64_t blocks = (x.cols - c) / block.cols;
    const int64_t done = block.cols == lineColumns
                             ? quantizeRow<octaves, stream, perLine>(g, x.data + c, y.data + c, blocks)
                             : quantizeRow<octaves, stream, 2 * perLine>(g, x.data + c, y.data + c, blocks);
    c += done * block.cols;
    if (done < blocks) {
      part(c, block.cols);
      c += block.cols;
    }
  }
  for (; c < x.cols; c += block.cols) {
    const int64_t cols = std::min(block.cols, x.cols - c);
    auto *quantize = quantizeBlock<octaves, false>;
    if (cols % lineColumns == 0)
      quantize = quantizeBlock<octaves, stream>;
    const bool done = quantize(g, x.data + c, x.stride, y.data + c, y.stride, x.rows, cols);
    if (!done)
      part(c, cols);
  }
}

void blockRow(const GridTable &g, bool octaves, bool stream, BlockShape block, const BlockReference &reference,
              ConstMatrixView x, MatrixView y) {
  if (octaves)
    stream ? quantizeBlockRow<true, true>(g, block, reference, x, y)
           : quantizeBlockRow<true, false>(g, block, reference, x, y);
  else
    stream ? quantizeBlockRow<false, true>(g, block, reference, x, y)
           : quantizeBlockRow<false, false>(g, block, reference, x, y);
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(blockRow);

namespace {

/// Elements that one piece of parallel work has at least.
constexpr int64_t pieceElements = 1 << 16;

} // namespace

std::shared_ptr<const GridTable> makeGridTable(const GridFormat &format) {
  auto table = std::make_shared<GridTable>();
  table->grid = constantsOf(format);
  for (int32_t field = 0; field < 257; ++field)
    table->blocks[field] = constantsOf(table->grid, field);
  return table;
}

bool gridKernelTakes(const GridFormat &format) {
  const int64_t cols = format.block.cols;
  const bool shape = cols == 1 || cols == 2 || cols == 4 || cols == 8 || cols % lineColumns == 0;
  return shape && format.grid.mantissaBits <= 15;
}

void gridFakeQuantize(const GridFormat &format, const BlockReference &reference, ConstMatrixView x, MatrixView y) {
  const GridTable &table = *format.table;
  const bool octaves = hasOctaves(format.grid);
  const bool stream = goesPastCaches(x, y);
  const int64_t rows = std::min(format.block.rows, std::max<int64_t>(x.rows, 1));
  const int64_t blockRows = (x.rows + rows - 1) / rows;
  const int64_t each = std::max<int64_t>(pieceElements / std::max<int64_t>(rows * x.cols, 1), 1);
  const auto kernel = HWY_DYNAMIC_DISPATCH(blockRow);
  parallelFor((blockRows + each - 1) / each, [&](int64_t piece) {
    for (int64_t b = piece * each; b < std::min((piece + 1) * each, blockRows); ++b) {
      const int64_t r = b * rows, count = std::min(rows, x.rows - r);
      kernel(table, octaves, stream, format.block, reference, {x.row(r), count, x.cols, x.stride},
             {y.row(r), count, y.cols, y.stride});
    }
    hwy::FlushStream();
  });
}

} // namespace mase
#endif
