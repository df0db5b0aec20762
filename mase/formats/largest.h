// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Largest magnitudes at memory speed, as bit patterns of fp32: they order as the magnitudes do, with infinity and NaN
/// on top.
///
/// An integer maximum is the same in any order, hence on every instruction set and with any number of threads.
#pragma once

#include "mase/support/matrix.h"

namespace mase {

/// Of all; `finite`: of those that are. Rows run in parallel.
int32_t largestPattern(ConstMatrixView x, bool finite);

/// Of one row; the page behind it is asked for.
int32_t largestOfRow(const float *x, int64_t cols, bool finite);

/// Of every block of `blockCols` columns of one row, the last of which may be shorter.
void largestOfBlocks(const float *x, int64_t cols, int64_t blockCols, int32_t *largest);

/// Of patterns.
int32_t largestOfPatterns(const int32_t *patterns, int64_t count);

/// Raises each column's by one row.
void raiseLargest(const float *x, int64_t cols, int32_t *largest);

/// Whether spreadLargest knows blocks of so many columns.
bool canSpreadLargest(int64_t blockCols);

/// Gives every column the largest of its block. Whole lines.
void spreadLargest(int32_t *largest, int64_t cols, int64_t blockCols);

} // namespace mase
