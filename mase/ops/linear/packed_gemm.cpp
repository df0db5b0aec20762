// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/packed_gemm.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

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

template <Left left, int rows>
void tile(const float *HWY_RESTRICT a, int64_t strideA, const float *HWY_RESTRICT b, int64_t depth,
          float *HWY_RESTRICT c, int64_t strideC, int64_t columns, Accumulate accumulate) {
  const F f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  hn::Vec<F> low[rows], high[rows];
  for (int r = 0; r < rows; ++r)
    low[r] = high[r] = hn::Zero(f);
  for (int64_t k = 0; k < depth; ++k, b += 2 * lanes) {
    const auto b0 = hn::Load(f, b), b1 = hn::Load(f, b + lanes);
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

using Tile = void (*)(const float *, int64_t, const float *, int64_t, float *, int64_t, int64_t, Accumulate);

template <Left left, int... rows>
constexpr std::array<Tile, sizeof...(rows)> tilesFor(std::integer_sequence<int, rows...>) {
  return {&tile<left, rows + 1>...};
}

// A panel of B and a few rows of A stay in the first-level cache while the rows pass by.
void multiplyPanels(ConstMatrixView a, const float *b, int64_t strideB, int64_t depth, MatrixView c, int64_t firstPanel,
                    int64_t lastPanel) {
  static constexpr auto tiles = tilesFor<Left::rows>(std::make_integer_sequence<int, tileRows>());
  const int64_t width = panelRows();
  for (int64_t panel = firstPanel; panel < lastPanel; ++panel) {
    const int64_t columns = std::min(width, c.cols - panel * width);
    for (int64_t r = 0; r < a.rows; r += tileRows) {
      const int64_t rows = std::min<int64_t>(tileRows, a.rows - r);
      tiles[static_cast<size_t>(rows - 1)](a.row(r), a.stride, b + panel * strideB, depth, c.row(r) + panel * width,
                                           c.stride, columns, Accumulate::no);
    }
  }
}

// The same with A as depth x rows of C.
void multiplyPanelsTransposed(ConstMatrixView a, const float *b, int64_t strideB, MatrixView c, Accumulate accumulate) {
  static constexpr auto tiles = tilesFor<Left::columns>(std::make_integer_sequence<int, tileRows>());
  const int64_t width = panelRows();
  for (int64_t panel = 0; panel * width < c.cols; ++panel) {
    const int64_t columns = std::min(width, c.cols - panel * width);
    for (int64_t r = 0; r < c.rows; r += tileRows) {
      const int64_t rows = std::min<int64_t>(tileRows, c.rows - r);
      tiles[static_cast<size_t>(rows - 1)](a.data + r, a.stride, b + panel * strideB, a.rows, c.row(r) + panel * width,
                                           c.stride, columns, accumulate);
    }
  }
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(panelRows);
HWY_EXPORT(multiplyPanels);
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
  const int64_t panel = packed.panel;
  for (int64_t r = 0; r < b.rows; ++r) {
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

void multiply(ConstMatrixView a, const PackedMatrix &b, MatrixView c, int64_t depth, int64_t firstPanel,
              int64_t lastPanel) {
  assert(a.rows == c.rows && a.cols >= (depth < 0 ? b.cols : depth) && c.cols <= b.rows);
  const int64_t panels = (c.cols + b.panel - 1) / b.panel;
  HWY_DYNAMIC_DISPATCH(multiplyPanels)
  (a, b.data.get(), b.panel * b.cols, depth < 0 ? b.cols : depth, c, firstPanel, lastPanel < 0 ? panels : lastPanel);
}

void multiplyTransposed(ConstMatrixView a, const PackedMatrix &b, MatrixView c, Accumulate accumulate, int64_t first) {
  assert(a.cols == c.rows && a.rows == b.cols && c.cols <= b.rows && first <= a.rows);
  HWY_DYNAMIC_DISPATCH(multiplyPanelsTransposed)
  ({a.data + first * a.stride, a.rows - first, a.cols, a.stride}, b.data.get() + first * b.panel, b.panel * b.cols, c,
   accumulate);
}

} // namespace mase
#endif
