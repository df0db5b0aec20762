// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/packed_gemm.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <hwy/cache_control.h>
#include <utility>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/linear/packed_gemm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F = hn::CappedTag<float, 16>;

// Rows of A in a register tile: with two vectors of B, 2 * tileRows accumulators, two of B and a broadcast must fit
// the register file (32 registers with AVX-512 and NEON, 16 below).
#if HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr int tileRows = 12;
#else
constexpr int tileRows = 6;
#endif

int64_t panelRows() { return 2 * static_cast<int64_t>(hn::Lanes(F())); }

// How A lies: a row of it is a row of C, or a column.
enum class Left { rows, columns };

// Bytes of B that a single row asks for ahead of their use: a page, as hardware looks no further than the one it is in.
constexpr int64_t ahead = 4096;

HWY_INLINE hn::Vec<F> load(const float *from) { return hn::LoadU(F(), from); }
HWY_INLINE hn::Vec<F> load(const uint16_t *from) {
  const hn::RebindToUnsigned<F> u;
  return hn::BitCast(F(), hn::ShiftLeft<16>(hn::PromoteTo(u, hn::LoadU(hn::Rebind<uint16_t, F>(), from))));
}

// Row k of the panel is at b + k * strideB.
template <Left left, int rows, class T>
void tile(const float *HWY_RESTRICT a, int64_t strideA, const T *HWY_RESTRICT b, int64_t strideB, int64_t depth,
          float *HWY_RESTRICT c, int64_t strideC, int64_t columns, Accumulate accumulate) {
  const F f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  hn::Vec<F> low[rows], high[rows];
  for (int r = 0; r < rows; ++r)
    low[r] = high[r] = hn::Zero(f);
  for (int64_t k = 0; k < depth; ++k, b += strideB) {
    const auto b0 = load(b), b1 = load(b + lanes);
    if constexpr (rows == 1) {
      hwy::Prefetch(reinterpret_cast<const char *>(b) + ahead);
      if constexpr (sizeof(T) == 4)
        hwy::Prefetch(reinterpret_cast<const char *>(b) + ahead + 64);
    }
    for (int r = 0; r < rows; ++r) {
      const auto x = hn::Set(f, left == Left::rows ? a[r * strideA + k] : a[k * strideA + r]);
      low[r] = hn::MulAdd(x, b0, low[r]);
      high[r] = hn::MulAdd(x, b1, high[r]);
    }
  }
  if (columns == 2 * lanes && accumulate == Accumulate::yes) {
    for (int r = 0; r < rows; ++r) {
      low[r] = hn::Add(low[r], hn::LoadU(f, c + r * strideC));
      high[r] = hn::Add(high[r], hn::LoadU(f, c + r * strideC + lanes));
    }
  }
  if (columns == 2 * lanes) {
    for (int r = 0; r < rows; ++r) {
      hn::StoreU(low[r], f, c + r * strideC);
      hn::StoreU(high[r], f, c + r * strideC + lanes);
    }
    return;
  }
  HWY_ALIGN float edge[32] = {};
  for (int r = 0; r < rows; ++r) {
    hn::Store(low[r], f, edge);
    hn::Store(high[r], f, edge + lanes);
    for (int64_t j = 0; j < columns; ++j)
      c[r * strideC + j] = accumulate == Accumulate::yes ? c[r * strideC + j] + edge[j] : edge[j];
  }
}

template <class T>
using Tile = void (*)(const float *, int64_t, const T *, int64_t, int64_t, float *, int64_t, int64_t, Accumulate);

template <Left left, class T, int... rows>
constexpr std::array<Tile<T>, sizeof...(rows)> tilesFor(std::integer_sequence<int, rows...>) {
  return {&tile<left, rows + 1, T>...};
}

// A panel of B and a few rows of A stay in the first-level cache while the rows pass by.
template <class T>
void multiplyPanel(ConstMatrixView a, const T *b, int64_t strideB, int64_t depth, float *c, int64_t strideC,
                   int64_t columns) {
  static constexpr auto tiles = tilesFor<Left::rows, T>(std::make_integer_sequence<int, tileRows>());
  for (int64_t r = 0; r < a.rows; r += tileRows)
    tiles[static_cast<size_t>(std::min<int64_t>(tileRows, a.rows - r) - 1)](
        a.row(r), a.stride, b, strideB, depth, c + r * strideC, strideC, columns, Accumulate::no);
}

void multiplyPanels(ConstMatrixView a, const PackedMatrix &b, int64_t depth, MatrixView c, int64_t firstPanel,
                    int64_t lastPanel) {
  const int64_t width = panelRows(), size = width * b.cols;
  for (int64_t panel = firstPanel; panel < lastPanel; ++panel) {
    const int64_t columns = std::min(width, c.cols - panel * width);
    float *out = c.data + panel * width;
    if (b.data) {
      multiplyPanel(a, b.data.get() + panel * size, width, depth, out, c.stride, columns);
      continue;
    }
    const uint16_t *halves = b.halves.get() + panel * size;
    if (a.rows <= tileRows) {
      multiplyPanel(a, halves, width, depth, out, c.stride, columns);
      continue;
    }
    // More rows meet the panel: it is widened once.
    thread_local std::vector<float> wide;
    wide.resize(static_cast<size_t>(size));
    for (int64_t i = 0; i < depth * width; i += width) {
      hn::StoreU(load(halves + i), F(), wide.data() + i);
      hn::StoreU(load(halves + i + width / 2), F(), wide.data() + i + width / 2);
    }
    multiplyPanel(a, wide.data(), width, depth, out, c.stride, columns);
  }
}

// The same with A as depth x rows of C; B as fp32.
void multiplyPanelsTransposed(ConstMatrixView a, const float *b, int64_t strideB, MatrixView c, Accumulate accumulate) {
  static constexpr auto tiles = tilesFor<Left::columns, float>(std::make_integer_sequence<int, tileRows>());
  const int64_t width = panelRows();
  for (int64_t panel = 0; panel * width < c.cols; ++panel) {
    const int64_t columns = std::min(width, c.cols - panel * width);
    for (int64_t r = 0; r < c.rows; r += tileRows) {
      const int64_t rows = std::min<int64_t>(tileRows, c.rows - r);
      tiles[static_cast<size_t>(rows - 1)](a.data + r, a.stride, b + panel * strideB, width, a.rows,
                                           c.row(r) + panel * width, c.stride, columns, accumulate);
    }
  }
}

void multiplyColumns(ConstMatrixView a, ConstMatrixView bt, MatrixView c) {
  const int64_t width = panelRows();
  for (int64_t first = 0; first < c.cols; first += width)
    multiplyPanel(a, bt.data + first, bt.stride, bt.rows, c.data + first, c.stride, width);
}

// Columns [0, cols) of `panel` rows that lie `stride` apart become rows of `to`. Four by four, in registers.
void transposePanel(const float *from, int64_t stride, int64_t cols, float *to) {
  const hn::CappedTag<float, 4> f;
  const hn::Repartition<double, decltype(f)> d;
  const int64_t width = panelRows();
  const auto pair = [&](auto low, auto high) {
    return hn::BitCast(f, hn::InterleaveLower(d, hn::BitCast(d, low), hn::BitCast(d, high)));
  };
  const auto upperPair = [&](auto low, auto high) {
    return hn::BitCast(f, hn::InterleaveUpper(d, hn::BitCast(d, low), hn::BitCast(d, high)));
  };
  int64_t c = 0;
  for (; c + 4 <= cols; c += 4)
    for (int64_t r = 0; r < width; r += 4) {
      const float *x = from + r * stride + c;
      const auto x0 = hn::LoadU(f, x), x1 = hn::LoadU(f, x + stride), x2 = hn::LoadU(f, x + 2 * stride),
                 x3 = hn::LoadU(f, x + 3 * stride);
      const auto low01 = hn::InterleaveLower(f, x0, x1), low23 = hn::InterleaveLower(f, x2, x3),
                 high01 = hn::InterleaveUpper(f, x0, x1), high23 = hn::InterleaveUpper(f, x2, x3);
      float *y = to + c * width + r;
      hn::StoreU(pair(low01, low23), f, y);
      hn::StoreU(upperPair(low01, low23), f, y + width);
      hn::StoreU(pair(high01, high23), f, y + 2 * width);
      hn::StoreU(upperPair(high01, high23), f, y + 3 * width);
    }
  for (; c < cols; ++c)
    for (int64_t r = 0; r < width; ++r)
      to[c * width + r] = from[r * stride + c];
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(panelRows);
HWY_EXPORT(multiplyPanels);
HWY_EXPORT(multiplyColumns);
HWY_EXPORT(transposePanel);
HWY_EXPORT(multiplyPanelsTransposed);

namespace {

// Shapes `packed` for a matrix of rows x cols and zeroes the padding of its last panel.
void reserve(PackedMatrix &packed, int64_t rows, int64_t cols) {
  const int64_t panel = HWY_DYNAMIC_DISPATCH(panelRows)();
  const int64_t capacity =
      packed.data ? (packed.rows + packed.panel - 1) / packed.panel * packed.panel * packed.cols : 0;
  const int64_t panels = (rows + panel - 1) / panel, needed = panels * panel * cols;
  if (needed > capacity)
    packed.data = hwy::AllocateAligned<float>(static_cast<size_t>(needed));
  if (rows % panel != 0)
    std::fill_n(packed.data.get() + (panels - 1) * panel * cols, panel * cols, 0.0F);
  packed.rows = rows;
  packed.cols = cols;
  packed.panel = panel;
}

} // namespace

void packInto(ConstMatrixView b, PackedMatrix &packed) {
  reserve(packed, b.rows, b.cols);
  const int64_t panel = packed.panel, whole = b.rows / panel * panel;
  for (int64_t r = 0; r < whole; r += panel)
    HWY_DYNAMIC_DISPATCH(transposePanel)(b.row(r), b.stride, b.cols, packed.data.get() + r * b.cols);
  for (int64_t r = whole; r < b.rows; ++r) {
    float *to = packed.data.get() + r / panel * panel * b.cols + r % panel;
    for (int64_t c = 0; c < b.cols; ++c)
      to[c * panel] = b.row(r)[c];
  }
}

void packTransposedInto(ConstMatrixView bt, PackedMatrix &packed) {
  reserve(packed, bt.cols, bt.rows);
  const int64_t panel = packed.panel;
  for (int64_t r = 0; r < bt.cols; r += panel)
    for (int64_t c = 0; c < bt.rows; ++c)
      std::copy_n(bt.row(c) + r, std::min(panel, bt.cols - r), packed.data.get() + r * bt.rows + c * panel);
}

PackedMatrix pack(ConstMatrixView b) {
  PackedMatrix packed;
  packInto(b, packed);
  return packed;
}

PackedMatrix packWeight(ConstMatrixView b) {
  PackedMatrix packed;
  packed.rows = b.rows;
  packed.cols = b.cols;
  packed.panel = HWY_DYNAMIC_DISPATCH(panelRows)();
  for (int64_t r = 0; r < b.rows; ++r) {
    uint32_t lower = 0;
    for (int64_t c = 0; c < b.cols; ++c)
      lower |= std::bit_cast<uint32_t>(b.row(r)[c]);
    if ((lower & 0xFFFF) != 0)
      return pack(b);
  }
  const int64_t panel = packed.panel, size = panel * b.cols;
  packed.halves = hwy::AllocateAligned<uint16_t>(static_cast<size_t>(packed.panels() * size));
  PackedMatrix wide;
  for (int64_t p = 0; p < packed.panels(); ++p) {
    const int64_t rows = std::min(panel, b.rows - p * panel);
    packInto({b.row(p * panel), rows, b.cols, b.stride}, wide);
    uint16_t *to = packed.halves.get() + p * size;
    for (int64_t i = 0; i < size; ++i)
      to[i] = static_cast<uint16_t>(std::bit_cast<uint32_t>(wide.data[static_cast<size_t>(i)]) >> 16);
  }
  return packed;
}

void multiply(ConstMatrixView a, const PackedMatrix &b, MatrixView c, int64_t depth, int64_t firstPanel,
              int64_t lastPanel) {
  assert(a.rows == c.rows && a.cols >= (depth < 0 ? b.cols : depth) && c.cols <= b.rows);
  const int64_t panels = (c.cols + b.panel - 1) / b.panel;
  HWY_DYNAMIC_DISPATCH(multiplyPanels)
  (a, b, depth < 0 ? b.cols : depth, c, firstPanel, lastPanel < 0 ? panels : lastPanel);
}

void multiplyUnpacked(ConstMatrixView a, ConstMatrixView bt, MatrixView c) {
  assert(a.rows == c.rows && a.cols == bt.rows && c.cols == bt.cols);
  assert(bt.cols % HWY_DYNAMIC_DISPATCH(panelRows)() == 0);
  HWY_DYNAMIC_DISPATCH(multiplyColumns)(a, bt, c);
}

void multiplyTransposed(ConstMatrixView a, const PackedMatrix &b, MatrixView c, Accumulate accumulate, int64_t first) {
  assert(a.cols == c.rows && a.rows == b.cols && c.cols <= b.rows && first <= a.rows && b.data);
  HWY_DYNAMIC_DISPATCH(multiplyPanelsTransposed)
  ({a.data + first * a.stride, a.rows - first, a.cols, a.stride}, b.data.get() + first * b.panel, b.panel * b.cols, c,
   accumulate);
}

} // namespace mase
#endif
