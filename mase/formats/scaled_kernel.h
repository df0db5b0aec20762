// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 2 at speed for elements on a grid under scales that are no powers of two: integers under fp32 scales (F12),
/// small floats under e4m3 and an outer scale (F13). Rounding `ocp`.
///
/// A quotient in fp32 may come out on the wrong side of a tie. But an element times its scale has at most 24 bits, so
/// the remainder x - element * scale is exact in fp32, and says whether the neighbour is nearer: results equal the
/// reference's in every bit on every instruction set. Rows run in parallel; results do not depend on threads.
#pragma once

#include "mase/formats/grid_kernel.h"
#include "mase/support/matrix.h"

#include <cstdint>
#include <functional>

namespace mase {

/// The grid of the elements, and where blocks have scales under an outer one, of those scales.
struct ScaledGrid {
  RoundingGrid element;
  bool hasInner = false;
  RoundingGrid inner;       ///< of the blocks' scales, in units of the outer one
  float smallestInner = 0;  ///< below which no scale falls (F1)
  int64_t innerCols = 0;    ///< columns of a block, a multiple of 16
  bool wholeTensor = false; ///< whether the (outer) scale is the tensor's; else one a row
};

/// The (outer) scale for a largest magnitude, NaN or infinity included.
using ScaleChoice = std::function<double(float largest)>;

/// Whether products of elements and scales of so many significant bits are exact in fp32.
bool scaledKernelTakes(const ScaledGrid &grid, int scaleBits);

/// As Format::fakeQuantize. Where a scale lies at the ends of fp32's range, the reference takes the row or the tensor.
void scaledFakeQuantize(const ScaledGrid &grid, const ScaleChoice &choose, const BlockReference &reference,
                        ConstMatrixView x, MatrixView y);

} // namespace mase
