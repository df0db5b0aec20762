// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Product of two quantised matrices in narrow arithmetic: C = A B^T (docs/linear.md).
///
/// Integers: for each 32 columns the sum of products is an exact int32; as fp32 it is times the two powers of two,
/// again exactly, and added to the element of C, blocks in ascending order. What rounds: each addition, once; and
/// before it a block's sum of 2^24 and more, which bytes never reach. The bits are the same on every instruction set.
/// bf16: each product is exact and added to the element of C, columns in ascending order: what rounds is each addition.
/// The bits are those of packed_gemm.h on the same values, unless magnitudes below 2^-126 take part.
/// Either way an element depends on its own row of A and row of B alone: not on the rows in the call, tiles or threads.
/// Limits  integers: terms below 2^-130 may be lost, and scales whose product is 2^128 or more give infinities or NaN
/// Cost    bench/quantized_linear/. Thread-safe on disjoint C.
#pragma once

#include "mase/ops/linear/narrow_rows.h"

#include <array>
#include <optional>

namespace mase {

/// How the values of two formats multiply fastest, exactly, on this processor: as integers when their block sums stay
/// below 2^31, else as bf16 where it has such products; none: as fp32.
std::optional<ProductKind> productKind(const Format &a, const Format &b);

/// The part of it that is about integers, from magnitude bits; 0: no integers.
std::optional<ProductKind> integerProduct(int magnitudeBitsA, int magnitudeBitsB);

/// B (rows = output features) rearranged: panels of rows; in a panel, blocks of 32 columns: scales, then elements; bf16
/// has no scales. Bytes of which the matrix has at most 16 different ones take half a byte: 4-bit formats, whatever
/// they are, are read at twice the speed.
struct PackedNarrow {
  ProductKind kind = ProductKind::words;
  int64_t rows = 0, cols = 0, blocks = 0;
  int64_t panel = 0; // rows in a panel; the last one is padded with zeros
  int64_t bytes = 0; // of all panels
  hwy::AlignedFreeUniquePtr<uint8_t[]> data;
  bool isNibbles = false;
  std::array<uint8_t, 16> codes = {}; // the bytes that nibbles stand for

  int64_t panels() const { return (rows + panel - 1) / panel; }
};

/// Quantises and packs B for products with rows of that kind.
PackedNarrow packNarrow(const Format &format, ProductKind kind, ConstMatrixView b, Values values = Values::any);

/// Rows [firstRow, firstRow + c.rows) of A times panels [firstPanel, lastPanel) of B. Kinds and columns are equal.
void multiply(const NarrowRows &a, int64_t firstRow, const PackedNarrow &b, MatrixView c, int64_t firstPanel = 0,
              int64_t lastPanel = -1);

} // namespace mase
