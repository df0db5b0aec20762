// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 2 for every point of the algebra under rounding `ocp`: elements on a grid or from a table, any scale, blocks
/// of any shape. What grid_kernel.h does not take, or not at its speed, comes here.
///
/// A row of blocks at a time: largest magnitudes of its blocks, their scales, then its numbers a vector at a time,
/// while they are still in the cache. Elements of a table are found by a binary search in registers. The result equals
/// the reference in every bit on every instruction set: quotients by powers of two are exact; other quotients are put
/// right by a remainder (grids, nearest-inl.h) or, close to a boundary, decided in double precision (tables).
#pragma once

#include "mase/formats/block_scales.h"
#include "mase/formats/block_shape.h"
#include "mase/formats/element_table.h"
#include "mase/formats/grid_kernel.h"

#include <memory>

namespace mase {

struct ElementConstants;
struct SpanScales;

/// Level 2 as the specification reads for whole blocks under an outer scale, which is given.
using ReferenceUnder = std::function<void(ConstMatrixView x, uint32_t outer, MatrixView y)>;

class BlockKernel {
public:
  /// Null when elements and scales have too many bits for the kernel (bmf<.,8> under e4m3). Element and scale outlive
  /// it.
  static std::shared_ptr<const BlockKernel> make(const Element &element, const Scale &scale, BlockShape block);
  ~BlockKernel();
  BlockKernel(const BlockKernel &) = delete;
  BlockKernel &operator=(const BlockKernel &) = delete;

  /// As Format::fakeQuantize. Blocks with scales at the ends of fp32's range are the reference's.
  void fakeQuantize(const ReferenceUnder &reference, ConstMatrixView x, MatrixView y) const;

  /// Values under scales that are given, one for each of them, with their inverses (exact for powers of two, else
  /// rounded): the nearest element times its scale. Scales within 2^-60 to 2^60.
  void quantizeUnder(const float *scale, const float *inverse, const float *x, float *y, int64_t count) const;

  const ElementConstants &constants() const { return *constants_; }
  const BlockScales &scales() const { return scales_; }
  BlockShape block() const { return block_; }
  /// The code of the scale above all blocks of these rows; 0 without one.
  uint32_t outerCode(ConstMatrixView rows) const;
  /// Whether the largest magnitudes of blocks are found before the scale above them: by this, one row of blocks after
  /// the other, for BlockRowScales::find.
  bool findsBlocksFirst() const;
  uint32_t outerCode(ConstMatrixView rows, std::vector<int32_t> &largest) const;
  int64_t blocksOf(int64_t cols) const { return (cols + block_.cols - 1) / block_.cols; }
  OuterScale outer() const { return scale_.outer(); }
  /// Whether values are no fp32s, in a table under scales that are no powers of two: products are rounded once, from
  /// double precision.
  bool needsDouble() const { return !byCode_.empty(); }
  /// Then: the values of a row's codes.
  void valuesOf(const uint8_t *codes, const SpanScales &scales, float *y, int64_t cols) const;
  /// Whether all of such a matrix is one block.
  bool isOneBlock(ConstMatrixView x) const { return block_.rows >= x.rows && block_.cols >= x.cols; }

  /// Columns of a part of so many rows that stays in the first-level cache: whole blocks, whole lines.
  int64_t partCols(int64_t rows, int64_t cols) const;

private:
  BlockKernel(const Element &element, const Scale &scale, BlockShape block);
  void quantizePart(const ReferenceUnder &reference, uint32_t outer, bool stream, int64_t distance,
                    const int32_t *largest, ConstMatrixView x, MatrixView y, class BlockRowScales &scales) const;
  void quantizeRow(const SpanScales &scales, bool stream, const float *x, float *y, int64_t cols) const;

  const Element &element_;
  const Scale &scale_;
  BlockShape block_;
  BlockScales scales_;
  std::optional<ElementTable> table_;
  std::unique_ptr<ElementConstants> constants_;
  std::vector<double> byCode_; ///< where needsDouble()
};

/// Scales of one row of blocks after the other, in memory that is used again.
class BlockRowScales {
public:
  explicit BlockRowScales(const BlockKernel &kernel) : kernel_(kernel) {}

  /// Of `rows`, at most a block's number of them. `largest`: the blocks' largest magnitudes, or null to find them.
  void find(ConstMatrixView rows, uint32_t outer, const int32_t *largest = nullptr);
  /// From stored codes, of blocks of `blockCols` columns.
  template <class Code>
  void read(const Code *codes, int64_t blocks, uint32_t outer, int64_t blockCols, int64_t cols) {
    kernel_.scales().read(codes, blocks, outer, row_);
    spread(blockCols, cols, false);
  }
  /// `distance`: see SpanScales.
  SpanScales span(int64_t distance) const;
  /// One a block: their codes, when they were found; and those that are left.
  template <class Code>
  void copyCodes(int64_t blocks, Code *codes) const {
    if constexpr (sizeof(Code) == 1)
      if (columnsOfScale_ == 1)
        return narrowCodes(row_.code.data(), blocks, codes);
    for (int64_t b = 0; b < blocks; ++b)
      codes[b] = static_cast<Code>(row_.code[static_cast<size_t>(b * columnsOfScale_)]);
  }
  const std::vector<int64_t> &left() const { return row_.left; }

private:
  void spread(int64_t width, int64_t cols, bool inverses);
  void tellBlocks();
  const BlockKernel &kernel_;
  int64_t spanCols_ = 0;       ///< SpanScales::blockCols
  int64_t columnsOfScale_ = 1; ///< scales of row_ that are one block's
  std::vector<int32_t> largest_, columns_;
  std::vector<float> columnScale_, columnInverse_;
  ScaleRow row_;
};

} // namespace mase
