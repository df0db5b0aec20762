// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Rounds weights column by column under scales that are fixed block by block, for every format of the algebra.
///
/// A format quantises whole blocks; compensation of errors (gptq.h) rounds a column, moves those behind it, and rounds
/// the next one. So a block's scale is chosen when its first column is reached, from what its weights are then, and
/// stays. What comes out is quantised: the format gives the same values back (`settle`).
#pragma once

#include "mase/formats/block_format.h"

#include <vector>

namespace mase {

/// How the scale of a block is chosen.
enum class ScaleChoice {
  largest, ///< as the format does, by the largest magnitude
  search,  ///< of the scales around that one, the one with the least weighted squared error
};

/// The scales of a tile of rows for one column after the other. One thread at a time.
class ColumnRounding {
public:
  /// What a whole matrix has in common: scales above those of blocks, found once.
  class Tensor {
  public:
    /// `w` lives as long as this.
    Tensor(const Format &format, ConstMatrixView w, ScaleChoice choice);
    const Format &format() const { return format_; }
    /// Rows whose blocks are chosen together: a multiple of the block's, or all.
    int64_t tileRows() const;
    /// Columns that are compensated together: whole blocks of them, unless a block is a whole row.
    int64_t batchCols() const;

  private:
    friend class ColumnRounding;
    const Format &format_;
    const BlockFormat *blocks_; ///< null: a format in which no scale follows the values
    ScaleChoice choice_;
    ConstMatrixView w_;
    BlockShape block_;            ///< within the matrix
    std::vector<uint32_t> outer_; ///< none, one, or one a row
    /// With scales that are above blocks': the block that holds the largest magnitude below each must keep it.
    std::vector<int64_t> outerRow_, outerCol_;
    bool anchored_ = false; ///< whether a block keeps its scale only if its largest element does
  };

  /// `first`: the row of the matrix that is the tile's row 0.
  ColumnRounding(const Tensor &tensor, int64_t first, int64_t rows);

  /// Chooses the scales of the blocks that begin with column `col`; call for every column, in order.
  /// values  one column after the other, from `col` on; `stride` floats from one to the next
  /// weights  what a squared error in each column from `col` on costs; null: all the same
  void enter(int64_t col, const float *values, int64_t stride, const float *weights);
  /// The nearest values to the tile's column `col`. `x` and `y` have room for whole vectors of 16.
  void round(int64_t col, const float *x, float *y) const;

private:
  struct Anchor {
    int64_t row = -1, col = -1; // of the tile, of the matrix
    float value = 0;
  };
  void choose(int64_t cols, int64_t col, const float *values, int64_t stride, const float *weights);

  const Tensor &tensor_;
  int64_t first_, rows_;
  std::vector<float> scale_, inverse_; // one a row, filled up to whole vectors
  std::vector<double> exact_;          // one a row
  std::vector<Anchor> anchors_;        // one a row of blocks
  bool quick_ = false;                 // whether the kernel takes these scales
  std::vector<float> gathered_, rounded_;
};

/// Quantises `w` until nothing changes, which is at once but for formats whose scales follow what they gave. Returns
/// whether it came to that.
bool settle(const Format &format, MatrixView w);

} // namespace mase
