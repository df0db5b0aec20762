// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/block_kernel.h"

#include "mase/formats/block_codec.h"
#include "mase/formats/largest.h"
#include "mase/support/parallel.h"

#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/block_kernel.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>
#include "mase/formats/block_elements-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {

template <bool stream>
struct ValueSink {
  float *y;

  template <class Rounder, class V>
  HWY_INLINE void put(const Rounder &rounder, V x, V scale, V inverse, int64_t c) const {
    if constexpr (stream)
      hn::Stream(rounder.value(x, scale, inverse), F(), y + c);
    else
      hn::StoreU(rounder.value(x, scale, inverse), F(), y + c);
  }

  template <class Rounder, class V>
  HWY_INLINE void putEdge(const Rounder &rounder, V x, V scale, V inverse, int64_t c, int64_t count) const {
    HWY_ALIGN float edge[lanes];
    hn::Store(rounder.value(x, scale, inverse), F(), edge);
    std::memcpy(y + c, edge, static_cast<size_t>(count) * sizeof(float));
  }
};

void quantizeBlockRow(const ElementConstants &g, const SpanScales &s, bool stream, const float *x, float *y,
                      int64_t cols) {
  withRounder(g, [&](const auto &rounder) HWY_ATTR {
    if (stream)
      forScaledVectors(ValueSink<true>{y}, rounder, s, x, cols);
    else
      forScaledVectors(ValueSink<false>{y}, rounder, s, x, cols);
  });
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(quantizeBlockRow);

namespace {

constexpr int64_t pieceElements = 1 << 16;

// Below it, only numbers beyond this one are greater: v > boundary for an fp32 v is v > this.
float lastBefore(double boundary) {
  auto value = static_cast<float>(boundary);
  if (boundary > 0)
    return value > boundary ? std::nextafter(value, 0.0F) : value;
  // v >= boundary goes to the right.
  if (value < boundary)
    value = std::nextafter(value, 0.0F);
  return std::nextafter(value, -std::numeric_limits<float>::infinity());
}

// Tables for the search (ElementConstants).
void setSearch(const ElementTable &table, ElementConstants &g) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  const size_t entries = table.values.size();
  g.table = &table;
  g.levels = table.levels;
  for (auto &level : g.boundaries)
    std::fill(std::begin(level), std::end(level), 0.0F);
  for (size_t step = entries / 2, level = 0; step > 0; step /= 2, ++level)
    for (size_t k = 0; k < size_t{1} << level; ++k)
      g.boundaries[level][k] = lastBefore(table.boundaries[2 * step * k + step - 1]);
  for (size_t k = 0; k < std::size(g.values); ++k) {
    const size_t entry = std::min(k, entries - 1);
    g.values[k] = static_cast<float>(table.values[entry]);
    g.codes[k] = std::bit_cast<float>(table.codes[entry]);
    const double below = entry == 0 ? -inf : table.boundaries[entry - 1], above = table.boundaries[entry];
    // A quotient is wrong by less than 2^-22 of itself.
    g.from[k] = static_cast<float>(below + std::fabs(below) * 0x1p-20);
    g.to[k] = static_cast<float>(above - std::fabs(above) * 0x1p-20);
    if (std::isinf(below))
      g.from[k] = -inf;
    if (std::isinf(above))
      g.to[k] = inf;
  }
}

bool takes(const Element &element, const BlockScales &scales) {
  if (element.isList())
    return true;
  if (!element.grid())
    return false;
  const RoundingGrid grid = *element.grid();
  if (scales.arePowers())
    return grid.mantissaBits <= 15 && grid.minExponent >= -64;
  return grid.mantissaBits + 1 + scales.significandBits() <= 24 && grid.minExponent >= -60 && grid.largest <= 0x1p30;
}

} // namespace

BlockKernel::BlockKernel(const Element &element, const Scale &scale, BlockShape block)
    : element_(element), scale_(scale), block_(block), scales_(element, scale),
      constants_(std::make_unique<ElementConstants>()) {
  ElementConstants &g = *constants_;
  g.isTable = element.isList();
  g.divides = !scales_.arePowers();
  g.bits = element.bits();
  g.twosComplement = element.isTwosComplement();
  for (uint32_t code = 0; code < std::min<uint32_t>(256, 1U << g.bits); ++code)
    g.byCode[code] = static_cast<float>(element.decode(code));
  if (!g.isTable) {
    g.grid = constantsOf(*element.grid());
    g.toWhole = static_cast<float>(1 / element.smallest());
    g.limitCode = element.encode(element.largest());
    g.beyond = static_cast<float>(element.decode(g.limitCode + 1));
    return;
  }
  table_ = makeElementTable(element);
  setSearch(*table_, g);
  if (g.divides && !table_->isExact)
    for (uint32_t code = 0; code < 1U << element.bits(); ++code)
      byCode_.push_back(element.decode(code));
}

BlockKernel::~BlockKernel() = default;

std::shared_ptr<const BlockKernel> BlockKernel::make(const Element &element, const Scale &scale, BlockShape block) {
  if (!takes(element, BlockScales(element, scale)))
    return nullptr;
  return std::shared_ptr<const BlockKernel>(new BlockKernel(element, scale, block));
}

uint32_t BlockKernel::outerCode(ConstMatrixView rows) const {
  if (scale_.outer() == OuterScale::none)
    return 0;
  return scale_.chooseOuter(std::bit_cast<float>(largestPattern(rows, true)), element_); // F5: of what is finite
}

// Blocks of one row are read once for their scales and the one above them.
bool BlockKernel::findsBlocksFirst() const {
  return outer() != OuterScale::none && block_.rows == 1 && block_.cols % lineColumns == 0;
}

uint32_t BlockKernel::outerCode(ConstMatrixView rows, std::vector<int32_t> &largest) const {
  const int64_t blocks = blocksOf(rows.cols);
  constexpr int64_t pieceElements = 1 << 16;
  const int64_t each = std::max<int64_t>(pieceElements / std::max<int64_t>(rows.cols, 1), 1);
  const int64_t pieces = (rows.rows + each - 1) / each;
  largest.resize(static_cast<size_t>(rows.rows * blocks));
  std::vector<int32_t> most(static_cast<size_t>(pieces));
  const auto find = [&](int64_t piece) {
    const int64_t first = piece * each, last = std::min(first + each, rows.rows);
    for (int64_t r = first; r < last; ++r)
      largestOfBlocks(rows.row(r), rows.cols, block_.cols, largest.data() + r * blocks);
    most[static_cast<size_t>(piece)] = largestOfPatterns(largest.data() + first * blocks, (last - first) * blocks);
  };
  if (pieces == 1)
    find(0);
  else
    parallelFor(pieces, find);
  const int32_t pattern = most.empty() ? 0 : *std::max_element(most.begin(), most.end());
  if (pattern >= static_cast<int32_t>(exponentMask))
    return outerCode(rows); // F5: what else these blocks hold counts
  return scale_.chooseOuter(std::bit_cast<float>(pattern), element_);
}

void BlockKernel::quantizeRow(const SpanScales &scales, bool stream, const float *x, float *y, int64_t cols) const {
  if (byCode_.empty())
    return HWY_DYNAMIC_DISPATCH(quantizeBlockRow)(*constants_, scales, stream, x, y, cols);
  // An element that is no fp32 times such a scale is rounded once, from its product in double precision.
  std::vector<uint8_t> codes(static_cast<size_t>(cols));
  blockRowCodes(*constants_, scales, x, cols, codes.data());
  valuesOf(codes.data(), scales, y, cols);
}

void BlockKernel::quantizeUnder(const float *scale, const float *inverse, const float *x, float *y,
                                int64_t count) const {
  quantizeRow({scale, inverse, 0, 0}, false, x, y, count);
}

void BlockKernel::valuesOf(const uint8_t *codes, const SpanScales &scales, float *y, int64_t cols) const {
  float values[256];
  const int64_t width = scales.blockCols == 0 ? 1 : scales.blockCols;
  for (int64_t b = 0, c = 0; c < cols; ++b) {
    const int64_t end = std::min(c + width, cols);
    const double scale = scales.scale[b];
    if (end - c < static_cast<int64_t>(byCode_.size())) {
      for (; c < end; ++c)
        y[c] = static_cast<float>(byCode_[codes[c]] * scale);
      continue;
    }
    for (size_t code = 0; code < byCode_.size(); ++code) // fewer products
      values[code] = static_cast<float>(byCode_[code] * scale);
    for (; c < end; ++c)
      y[c] = values[codes[c]];
  }
}

// Whole blocks of at most one row of them.
void BlockKernel::quantizePart(const ReferenceUnder &reference, uint32_t outer, bool stream, int64_t distance,
                               const int32_t *largest, ConstMatrixView x, MatrixView y, BlockRowScales &scales) const {
  scales.find(x, outer, largest);
  // In place, what the reference reads is written below.
  std::vector<std::vector<float>> left;
  const auto colsOf = [&](int64_t block) { return std::min(block_.cols, x.cols - block * block_.cols); };
  for (const int64_t block : scales.left()) {
    const int64_t cols = colsOf(block);
    left.emplace_back(static_cast<size_t>(x.rows * cols));
    reference({x.data + block * block_.cols, x.rows, cols, x.stride}, outer, {left.back().data(), x.rows, cols});
  }
  for (int64_t r = 0; r < x.rows; ++r)
    quantizeRow(scales.span(distance), stream, x.row(r), y.row(r), x.cols);
  if (left.empty())
    return;
  hwy::FlushStream();
  for (size_t k = 0; k < left.size(); ++k)
    for (int64_t r = 0, block = scales.left()[k]; r < x.rows; ++r)
      std::copy_n(left[k].begin() + r * colsOf(block), colsOf(block), y.row(r) + block * block_.cols);
}

// Columns of a part whose numbers stay in the first-level cache between the search for scales and the rounding, and
// that leave time to fetch the next.
int64_t BlockKernel::partCols(int64_t rows, int64_t cols) const {
  constexpr int64_t oneRow = 1024;
  const int64_t manyRows = scales_.arePowers() ? 4096 : 8192; // measured
  const int64_t unit = block_.cols % lineColumns == 0 ? block_.cols : block_.cols * lineColumns;
  if (unit >= cols)
    return cols;
  return std::min(std::max<int64_t>((rows == 1 ? oneRow : manyRows / rows) / unit, 1) * unit, cols);
}

void BlockKernel::fakeQuantize(const ReferenceUnder &reference, ConstMatrixView x, MatrixView y) const {
  const bool blocksFirst = findsBlocksFirst(), byRow = outer() == OuterScale::row;
  std::vector<int32_t> ofTensor; // largest magnitudes of its blocks
  uint32_t above = 0;
  if (outer() == OuterScale::tensor)
    above = blocksFirst ? outerCode(x, ofTensor) : outerCode(x);
  const bool stream = goesPastCaches(x, y), one = isOneBlock(x) && x.rows > 1;
  ScaleRow shared;
  if (one) {
    std::vector<int32_t> largest = {largestPattern(x, false)};
    scales_.find(largest, above, shared);
    if (!shared.left.empty())
      return reference(x, above, y);
  }
  const int64_t rows = one ? 1 : std::min(block_.rows, std::max<int64_t>(x.rows, 1));
  const int64_t blockRows = (x.rows + rows - 1) / rows;
  const int64_t each = std::max<int64_t>(pieceElements / std::max<int64_t>(rows * x.cols, 1), 1);
  const int64_t width = blocksFirst ? x.cols : std::max<int64_t>(partCols(rows, x.cols), 1);
  parallelFor((blockRows + each - 1) / each, [&](int64_t piece) {
    BlockRowScales scales(*this);
    std::vector<int32_t> ofRow;
    for (int64_t b = piece * each; b < std::min((piece + 1) * each, blockRows); ++b) {
      const int64_t first = b * rows, count = std::min(rows, x.rows - first);
      const ConstMatrixView from(x.row(first), count, x.cols, x.stride);
      const MatrixView to(y.row(first), count, y.cols, y.stride);
      if (one) {
        quantizeRow({shared.scale.data(), shared.inverse.data(), x.cols, ahead}, stream, from.data, to.data, x.cols);
        continue;
      }
      const int32_t *largest = blocksFirst && !byRow ? ofTensor.data() + b * blocksOf(x.cols) : nullptr;
      uint32_t code = above;
      if (byRow && blocksFirst) {
        code = outerCode(from, ofRow);
        largest = ofRow.data();
      } else if (byRow) {
        code = outerCode(from);
      }
      for (int64_t c = 0; c < x.cols; c += width) {
        const int64_t cols = std::min(width, x.cols - c);
        const int64_t distance = byRow ? x.stride : blocksFirst ? ahead : cols;
        quantizePart(reference, code, stream, distance, largest, {from.data + c, count, cols, from.stride},
                     {to.data + c, count, cols, to.stride}, scales);
      }
    }
    hwy::FlushStream();
  });
}

namespace {

// Whether a vector lies in one block.
bool isWide(int64_t width, int64_t cols) { return width >= cols || width % lineColumns == 0; }

} // namespace

void BlockRowScales::find(ConstMatrixView rows, uint32_t outer, const int32_t *largest) {
  const int64_t cols = rows.cols, width = std::min(kernel_.block().cols, std::max<int64_t>(cols, 1));
  const int64_t blocks = (cols + width - 1) / width;
  const bool wide = isWide(width, cols), spreads = !wide && canSpreadLargest(width);
  columnsOfScale_ = spreads ? width : 1;
  if (largest) {
    largest_.assign(largest, largest + blocks);
  } else if (rows.rows == 1 && wide) {
    largest_.resize(static_cast<size_t>(blocks));
    largestOfBlocks(rows.data, cols, width, largest_.data());
  } else {
    columns_.assign(static_cast<size_t>((cols + lineColumns - 1) / lineColumns * lineColumns), 0);
    for (int64_t r = 0; r < rows.rows; ++r)
      raiseLargest(rows.row(r), cols, columns_.data());
    if (spreads) { // narrow blocks: a scale for each column, at once
      spreadLargest(columns_.data(), static_cast<int64_t>(columns_.size()), width);
      kernel_.scales().find(columns_, outer, row_);
      spanCols_ = 0;
      return tellBlocks();
    }
    largest_.resize(static_cast<size_t>(blocks));
    for (int64_t b = 0; b < blocks; ++b)
      largest_[static_cast<size_t>(b)] =
          *std::max_element(columns_.begin() + b * width, columns_.begin() + std::min((b + 1) * width, cols));
  }
  kernel_.scales().find(largest_, outer, row_);
  spread(width, cols, true);
}

// From columns that are left to their blocks.
void BlockRowScales::tellBlocks() {
  for (int64_t &column : row_.left)
    column /= columnsOfScale_;
  row_.left.erase(std::unique(row_.left.begin(), row_.left.end()), row_.left.end());
}

void BlockRowScales::spread(int64_t width, int64_t cols, bool inverses) {
  const bool wide = isWide(width, cols);
  columnsOfScale_ = 1;
  spanCols_ = wide ? width : 0;
  if (wide)
    return;
  const int64_t blocks = (cols + width - 1) / width;
  const auto room = static_cast<size_t>((blocks * width + lineColumns - 1) / lineColumns * lineColumns);
  columnScale_.resize(room);
  columnInverse_.resize(room);
  if (width == 2) { // the usual one
    for (int64_t b = 0; b < blocks; ++b) {
      const auto at = static_cast<size_t>(b);
      columnScale_[2 * at] = columnScale_[2 * at + 1] = row_.scale[at];
      if (inverses)
        columnInverse_[2 * at] = columnInverse_[2 * at + 1] = row_.inverse[at];
    }
    return;
  }
  for (int64_t b = 0; b < blocks; ++b) {
    std::fill_n(columnScale_.begin() + b * width, width, row_.scale[static_cast<size_t>(b)]);
    if (inverses)
      std::fill_n(columnInverse_.begin() + b * width, width, row_.inverse[static_cast<size_t>(b)]);
  }
}

SpanScales BlockRowScales::span(int64_t distance) const {
  return spanCols_ == 0 && columnsOfScale_ == 1
             ? SpanScales{columnScale_.data(), columnInverse_.data(), 0, distance}
             : SpanScales{row_.scale.data(), row_.inverse.data(), spanCols_, distance};
}

} // namespace mase
#endif
