// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 2 at memory speed for every format whose elements lie on a grid under power-of-two scales: integers, small
/// floats and powers of two, blocks of nearly any shape, rounding `ocp`.
///
/// One pass, in place or not, no temporaries; rows of blocks run in parallel. The result equals the reference in every
/// bit on every instruction set: each step is exact but one, the rounding to nearest even, which IEEE 754 defines.
#pragma once

#include "mase/formats/block_shape.h"
#include "mase/formats/rounding_grid.h"
#include "mase/support/matrix.h"

#include <functional>
#include <memory>

namespace mase {

struct GridFormat {
  RoundingGrid grid;              ///< of the elements
  int minScale = 0, maxScale = 0; ///< the scale's exponents
  bool roundsScale = false;       ///< Element::roundsScale
  BlockShape block;
  /// What follows from the rest for each octave: makeGridTable, once a format.
  std::shared_ptr<const struct GridTable> table = nullptr;
};

std::shared_ptr<const GridTable> makeGridTable(const GridFormat &format);

/// What the kernel calls for the few blocks that it leaves alone (NaN, infinity, subnormals, exponents at the ends of
/// fp32's range): level 2 of the same format for a part of the matrix, whole blocks.
using BlockReference = std::function<void(ConstMatrixView x, MatrixView y)>;

/// Whether the kernel knows the format: mantissas of up to 15 bits, blocks of 1, 2, 4, 8 or a multiple of 16 columns,
/// or whole rows.
bool gridKernelTakes(const GridFormat &format);

/// As Format::fakeQuantize. Only when gridKernelTakes(format) and it has its table.
void gridFakeQuantize(const GridFormat &format, const BlockReference &reference, ConstMatrixView x, MatrixView y);

} // namespace mase
