// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Packing and unpacking at speed for every format of block_kernel.h, elements of up to 16 bits, blocks of any shape.
///
/// The same codes as BlockFormat's plain encoder and decoder, on every instruction set; rows run in parallel. Where
/// grid_codec.h takes a matrix, it is faster.
#pragma once

#include "mase/formats/block_kernel.h"
#include "mase/formats/encoded_matrix.h"

namespace mase {

/// What the kernels leave to the plain codec: one block under an outer scale.
struct PlainBlocks {
  /// Codes of its elements, row by row.
  std::function<void(ConstMatrixView x, uint32_t outer, uint32_t *codes)> encode;
  /// Values of a block of `x` whose first element is at (row, col).
  std::function<void(const EncodedMatrix &x, int64_t row, int64_t col, MatrixView y)> decode;
};

/// Writes every code of `result`, which has its shape and memory.
void blockEncode(const BlockKernel &kernel, const PlainBlocks &plain, ConstMatrixView x, EncodedMatrix &result);

/// Writes the represented values of `x`.
void blockDecode(const BlockKernel &kernel, const PlainBlocks &plain, const EncodedMatrix &x, MatrixView y);

/// Whether neighbouring elements keep their codes under every scale, so that the codec may be used.
bool blockCodecTakes(const BlockKernel &kernel);

/// The codes of one row of elements of up to 8 bits.
void blockRowCodes(const ElementConstants &constants, const SpanScales &scales, const float *x, int64_t cols,
                   uint8_t *codes);

} // namespace mase
