// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 between an operator and its cast: wide integers (docs/operators.md, O1 to O3).
///
/// Every integer model of an operator takes rows in the formats of their edges (BlockIntegers) and gives wide rows;
/// castRows (mase/ops/cast/bit_true.h) makes rows in the next edge's format of them. No MLIR.
#pragma once

#include "mase/formats/format.h"

#include <cstdint>
#include <memory>
#include <new>
#include <vector>

namespace mase {

/// rs(value, right) of O3: right > 0 divides by 2^right and rounds half up, else multiplies. The result must fit.
constexpr int64_t roundingShift(int64_t value, int64_t right) {
  if (right <= 0)
    return value == 0 ? 0 : value * (int64_t{1} << -right);
  if (right > 63)
    return 0;
  return (value >> (right - 1) >> 1) + (value >> (right - 1) & 1);
}

/// An allocator whose numbers begin as whatever the memory holds: for what is written before it is read.
template <typename T>
struct Uninitialized : std::allocator<T> {
  template <typename U>
  struct rebind {
    using other = Uninitialized<U>;
  };
  template <typename U>
  void construct(U *at) {
    ::new (static_cast<void *>(at)) U;
  }
  template <typename U, typename Value>
  void construct(U *at, Value &&value) {
    ::new (static_cast<void *>(at)) U(std::forward<Value>(value));
  }
};

using WideSums = std::vector<int64_t, Uninitialized<int64_t>>;

/// rows x cols integers: element (r, c) is worth `sum[r * cols + c] * 2^exponent[r * blocksPerRow() + c / 32]`.
struct WideRows {
  int64_t rows = 0, cols = 0;
  int bits = 0;                  // |sum| < 2^(bits - 1)
  WideSums sum;                  // rows x cols
  std::vector<int32_t> exponent; // one for each block of 32 columns of each row

  static constexpr int64_t blockCols = 32;
  int64_t blocksPerRow() const { return (cols + blockCols - 1) / blockCols; }
  WideRows() = default;
  /// Sums are not set.
  WideRows(int64_t rows, int64_t cols, int bits)
      : rows(rows), cols(cols), bits(bits), sum(static_cast<size_t>(rows * cols)),
        exponent(static_cast<size_t>(rows * blocksPerRow())) {}
};

/// The elements of rows as whole numbers (O1): X = q * 2^shift.
class WholeRows {
public:
  /// rows  in the format `format`, an edge's: 1 x 32 blocks or one static scale
  /// Errors  InputError when `format` is no edge's.
  WholeRows(const Format &format, const BlockIntegers &rows);

  int64_t rows() const { return rows_.rows; }
  int64_t cols() const { return rows_.cols; }
  int bits() const { return bits_; } // N: |X| < 2^N
  int64_t value(int64_t row, int64_t col) const {
    const auto at = static_cast<size_t>(row * rows_.cols + col);
    return int64_t{rows_.q[at]} << (rows_.shift.empty() ? 0 : rows_.shift[at]);
  }
  /// Writes the whole numbers of a row, cols() of them: what inner loops run on.
  void read(int64_t row, int32_t *values) const;
  int32_t exponent(int64_t row, int64_t block) const {
    return rows_.exponent[isStatic_ ? 0 : static_cast<size_t>(row * blocks_ + block)];
  }
  /// The largest exponent of a row's blocks.
  int32_t largestExponent(int64_t row) const;

private:
  const BlockIntegers &rows_;
  int bits_;
  bool isStatic_;
  int64_t blocks_;
};

/// N of O1 for rows in `format`.
/// Errors  InputError when `format` is no edge's: it must have blocks of 1 x 32 under powers of two or one static
///         power of two, and whole numbers below 2^24.
int edgeBits(const Format &format);

} // namespace mase
