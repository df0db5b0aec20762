// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Which elements of a matrix a format saturates: gradients stop there.
///
/// An element saturates when it lies beyond the greatest (or least) value that the format has under the scale of its
/// block. Scales are those of rounding `ocp`; formats without scales have one range for all. Thread-safe.
/// Cost    one pass; a scale is chosen for each block
#pragma once

#include "mase/formats/format.h"

namespace mase {

/// gradient = by, but 0 where x saturates. Shapes are equal; `gradient` may be the memory of `by`.
void stopSaturated(const Format &format, ConstMatrixView x, ConstMatrixView by, MatrixView gradient);

} // namespace mase
