// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Rows of a quantised matrix as narrow numbers, for dot products that are faster than those of fp32 (docs/linear.md).
///
/// Integers under one power of two for each 32 columns, or bf16: exactly the values that level 2 defines, whatever the
/// family; what decides is the format's integer view. Thread-safe on disjoint results.
/// Cost    one pass at the speed of a fake quantisation where the format is a scaled grid in blocks of 1 x 32; else a
///         fake quantisation and one pass over its result in the first-level cache
#pragma once

#include "mase/formats/format.h"

#include <hwy/aligned_allocator.h>

namespace mase {

/// How two operands multiply, and so how their elements lie in memory.
enum class ProductKind : uint8_t {
  bytes, ///< int8: dot products of bytes to int32
  words, ///< int16: pairs of words to int32, for magnitudes of 8 bits and more or processors without the former
  bf16,  ///< bfloat16: pairs to fp32, for what is exact in 8 significant bits but no narrow integer
};

constexpr int64_t elementBytes(ProductKind kind) { return kind == ProductKind::bytes ? 1 : 2; }

/// Columns that share a power of two; the last ones of a row are padded with zeros.
constexpr int64_t narrowBlock = 32;

/// b > 0: any 32 columns of a row of `format`, counted from a multiple of 32, are integers of magnitude below 2^b times
/// one power of two, or NaN. 0: they are not, or no such b is known; so it is where 32 columns see several scales, and
/// where scales are no powers of two.
int magnitudeBits(const Format &format);

/// Whether every value of `format` has at most 8 significant bits, hence is exact in bf16 but for magnitudes below
/// 2^-126, which bf16 dot products take for zero.
bool isExactInBf16(const Format &format);

struct NarrowRows {
  ProductKind kind = ProductKind::words;
  int64_t rows = 0, cols = 0, blocks = 0;        // blocks: of a row
  hwy::AlignedFreeUniquePtr<uint8_t[]> elements; // rows x blocks x 32; bf16: of each two, the second comes first
  // Of integers only, rows x blocks: a power of two, 0 where all are, NaN; -128 times the sum of the block's bytes.
  hwy::AlignedFreeUniquePtr<float[]> scale;
  hwy::AlignedFreeUniquePtr<int32_t[]> byteSum;
  int64_t capacity = 0; // blocks that fit

  const uint8_t *elementsOf(int64_t row) const {
    return elements.get() + row * blocks * narrowBlock * elementBytes(kind);
  }
};

/// What a matrix holds before it is quantised: anything, or values of the format itself, which are left as they are.
enum class Values : uint8_t { any, quantized };

/// Quantises `x` in `format` into `rows`, whose memory is used again when it is large enough.
/// Needs 0 < magnitudeBits(format), at most 7 for bytes and 15 for words, or isExactInBf16(format).
void quantizeInto(const Format &format, ProductKind kind, ConstMatrixView x, NarrowRows &rows,
                  Values values = Values::any);

} // namespace mase
