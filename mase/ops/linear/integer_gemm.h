// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Product of two quantised matrices in integers: C = A B^T, block by block (docs/linear.md).
///
/// For each 32 columns the sum of products is an exact int32; as fp32 it is times the two powers of two, again exactly,
/// and added to the element of C, blocks in ascending order. So an element depends on its own row of A and row of B
/// alone, and its bits are the same on every instruction set, for any rows in the call, tiles and threads.
/// What rounds: each addition, once; and before it a block's sum of 2^24 and more, which bytes never reach.
/// Limits  terms below 2^-130 may be lost, and scales whose product is 2^128 or more give infinities or NaN
/// Cost    bench/quantized_linear/. Thread-safe on disjoint C.
#pragma once

#include "mase/ops/linear/integer_rows.h"

#include <optional>

namespace mase {

/// The width in which the values of two formats multiply on this processor; none when their block sums may exceed 31
/// bits or one of the formats promises no integers.
std::optional<IntegerWidth> productWidth(const Format &a, const Format &b);

/// The same as a table of magnitude bits; 0: no integers.
std::optional<IntegerWidth> productWidth(int magnitudeBitsA, int magnitudeBitsB);

/// B (rows = output features) rearranged: panels of rows; in a panel, blocks of 32 columns: scales, then elements.
struct PackedIntegers {
  IntegerWidth width = IntegerWidth::word;
  int64_t rows = 0, cols = 0, blocks = 0;
  int64_t panel = 0; // rows in a panel; the last one is padded with zeros
  int64_t bytes = 0; // of all panels
  hwy::AlignedFreeUniquePtr<uint8_t[]> data;

  int64_t panels() const { return (rows + panel - 1) / panel; }
};

/// Quantises and packs B for products with rows of that width.
PackedIntegers packIntegers(const Format &format, IntegerWidth width, ConstMatrixView b);

/// Rows [firstRow, firstRow + c.rows) of A times panels [firstPanel, lastPanel) of B. Widths and columns are equal.
void multiply(const IntegerRows &a, int64_t firstRow, const PackedIntegers &b, MatrixView c, int64_t firstPanel = 0,
              int64_t lastPanel = -1);

} // namespace mase
