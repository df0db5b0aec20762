// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Rows of a quantised matrix as narrow integers under one power of two for each 32 columns, for exact dot products.
///
/// Any format whose integer view is narrow enough (magnitudeBits) can be converted: the integers are exactly the values
/// that level 2 defines, whatever the family. Thread-safe on disjoint results.
/// Cost    one pass at the speed of a fake quantisation where the format is a scaled grid in blocks of 1 x 32; else a
///         fake quantisation and one pass over its result in the first-level cache
#pragma once

#include "mase/formats/format.h"

#include <hwy/aligned_allocator.h>

namespace mase {

/// How an integer lies in memory: bytes where the processor has dot products of bytes, words elsewhere and for
/// magnitudes of more than 7 bits. Sums are the same.
enum class IntegerWidth : uint8_t { byte = 1, word = 2 };

/// Columns that share a power of two; the last ones of a row are padded with zeros.
constexpr int64_t integerBlock = 32;

/// b > 0: any 32 columns of a row of `format`, counted from a multiple of 32, are integers of magnitude below 2^b times
/// one power of two, or NaN. 0: they are not, or no such b is known; so it is where 32 columns see several scales, and
/// where scales are no powers of two.
int magnitudeBits(const Format &format);

struct IntegerRows {
  IntegerWidth width = IntegerWidth::word;
  int64_t rows = 0, cols = 0, blocks = 0;        // blocks: of a row
  hwy::AlignedFreeUniquePtr<uint8_t[]> elements; // rows x blocks x 32 of int8_t or int16_t
  hwy::AlignedFreeUniquePtr<float[]> scale;      // rows x blocks: a power of two; 0 where all are; NaN
  hwy::AlignedFreeUniquePtr<int32_t[]> byteSum;  // rows x blocks: -128 times the sum of the block's integers
  int64_t capacity = 0;                          // blocks that fit

  const uint8_t *elementsOf(int64_t row) const {
    return elements.get() + row * blocks * integerBlock * static_cast<int64_t>(width);
  }
};

/// Quantises `x` in `format` into `rows`, whose memory is used again when it is large enough.
/// Needs 0 < magnitudeBits(format), at most 7 for bytes and 15 for words.
void quantizeInto(const Format &format, IntegerWidth width, ConstMatrixView x, IntegerRows &rows);

} // namespace mase
