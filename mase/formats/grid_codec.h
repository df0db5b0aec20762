// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Packing and unpacking at memory speed for the formats of grid_kernel.h: elements of up to 8 bits, blocks of 1x16,
/// 1x32 and 1x64.
///
/// The same codes as BlockFormat's plain encoder and decoder, on every instruction set. Rows must begin on a byte: the
/// number of columns is a multiple of 8. Rows run in parallel.
#pragma once

#include "mase/formats/encoded_matrix.h"
#include "mase/formats/grid_kernel.h"

namespace mase {

struct GridCodec {
  GridFormat format;
  int bits = 0;                ///< of an element
  bool twosComplement = false; ///< integers; else sign and magnitude, as small floats have it
};

/// What the codec leaves to the plain one: the columns [col, col + cols) of a row, one block.
using BlockFallback = std::function<void(int64_t row, int64_t col, int64_t cols)>;

/// Whether the codec can be used for a matrix of so many columns.
bool gridCodecTakes(const GridCodec &codec, int64_t cols);

/// Writes every element and scale of `result`, which has its shape and memory. Where scales have 8 bits or the fallback
/// writes, other blocks of the same row are not touched.
void gridEncode(const GridCodec &codec, const BlockFallback &fallback, ConstMatrixView x, EncodedMatrix &result);
/// Writes the represented values of `x`.
void gridDecode(const GridCodec &codec, const BlockFallback &fallback, const EncodedMatrix &x, MatrixView y);

} // namespace mase
