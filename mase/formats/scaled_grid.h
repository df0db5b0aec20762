// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a kernel must know of a format to quantise straight into another form than fp32.
///
/// Most of the algebra is this: each block has a power of two as its scale, 2^s with s = floor(log2 of the largest
/// magnitude) - floor(log2 of the largest element), and a value divided by it goes to the nearest number of a grid,
/// ties to even, saturating (F2 to F4). A kernel for this description serves every family that fits it.
#pragma once

#include "mase/formats/format.h"
#include "mase/formats/rounding_grid.h"

#include <optional>

namespace mase {

struct ScaledGrid {
  RoundingGrid grid;
  BlockShape block;
  int minScale = 0, maxScale = 0; // s is limited to these (F6)
};

/// The description of `format` where it fits: rounding `ocp`, elements on a grid, scales e4 to e8 without an outer one.
std::optional<ScaledGrid> scaledGrid(const Format &format);

} // namespace mase
