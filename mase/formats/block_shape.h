// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The elements that share one scale: `rows` x `cols` of a matrix whose columns run along the reduction dimension.
///
/// An extent of `whole` is longer than any tensor, so that the arithmetic of indices needs no case for it: a block of
/// {1, whole} is a row, {whole, whole} the tensor. Blocks cut by the tensor's edge are padded with zeros (formats.md,
/// F7).
#pragma once

#include <cstdint>

namespace mase {

struct BlockShape {
  /// More rows or columns than a tensor has; two of them still multiply without overflow.
  static constexpr int64_t whole = int64_t{1} << 31;

  int64_t rows = 1, cols = 32;
  int64_t size() const { return rows * cols; }
  bool operator==(const BlockShape &) const = default;
};

} // namespace mase
