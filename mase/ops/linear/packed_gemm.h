// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// fp32 matrix product with a packed right-hand side: C = A B^T, the shape of every linear layer.
///
/// Each element of C is one sum over k in ascending order by fused multiply-add where the instruction set has it, so
/// it depends on its own row of A and row of B alone: not on the other rows in the call, on tiles or on threads.
/// Thread-safe on disjoint C.
/// Cost    about 90 % of the multiply-add peak of one core at 512 rows (bench/linear/)
/// Source  the register tiling of Goto and van de Geijn, Anatomy of high-performance matrix multiplication, 2008
#pragma once

#include "mase/support/matrix.h"

#include <hwy/aligned_allocator.h>

namespace mase {

/// A matrix of `rows` x `cols` rearranged for the kernel: panels of rows, each laid out column by column.
struct PackedMatrix {
  int64_t rows = 0, cols = 0, panel = 0; // panel: rows in a panel, 0: nothing; the last one is padded with zeros
  hwy::AlignedFreeUniquePtr<float[]> data;
  hwy::AlignedFreeUniquePtr<uint16_t[]> halves; // in place of `data`: the upper halves, the lower ones are zero

  int64_t panels() const { return (rows + panel - 1) / panel; }
};

/// Packs B (rows = output features, cols = reduction).
PackedMatrix pack(ConstMatrixView b);
/// The same, in half the memory where every value is a bf16: what single rows wait for is reading it. Same bits.
PackedMatrix packWeight(ConstMatrixView b);
/// Packs `b` into `packed`, whose memory is used again when it is large enough.
void packInto(ConstMatrixView b, PackedMatrix &packed);
/// Packs the transpose: `bt` has the reduction along its rows.
void packTransposedInto(ConstMatrixView bt, PackedMatrix &packed);

/// C = A B^T over the first `depth` columns of A and B (all by default) and panels [firstPanel, lastPanel) of B.
void multiply(ConstMatrixView a, const PackedMatrix &b, MatrixView c, int64_t depth = -1, int64_t firstPanel = 0,
              int64_t lastPanel = -1);

/// The same product by a B^T that is not packed, its reduction along the rows of `bt`: for few rows, which a packed
/// copy does not pay. Needs whole panels: bt.cols a multiple of PackedMatrix::panel.
void multiplyUnpacked(ConstMatrixView a, ConstMatrixView bt, MatrixView c);

/// Whether a product is added to what C holds.
enum class Accumulate { no, yes };

/// C = A^T B^T, or C += A^T B^T, with A as depth x rows of C: what gradients of weights are. Rows of A and columns of B
/// from `first` on count.
void multiplyTransposed(ConstMatrixView a, const PackedMatrix &b, MatrixView c, Accumulate accumulate = Accumulate::no,
                        int64_t first = 0);

} // namespace mase
