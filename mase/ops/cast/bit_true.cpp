// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/cast/bit_true.h"

#include "mase/ops/linear/bit_true.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <cassert>

namespace mase {
namespace {

/// To nearest, ties to even; `right` may be negative, where the result saturates before it could overflow.
int64_t nearestEven(int64_t value, int64_t right, int64_t limit) {
  if (value == 0 || right > 63)
    return 0;
  if (right <= 0) {
    const int64_t left = -right;
    if (left > 40 || std::abs(value) > (limit >> left) + 1)
      return value > 0 ? limit : -limit - 1;
    return value << left;
  }
  const int64_t half = value >> (right - 1), floor = half >> 1;
  const bool rest = (half & 1) != 0, exact = (half << (right - 1)) == value;
  return floor + (rest && (!exact || (floor & 1) != 0) ? 1 : 0);
}

/// `exponent` is the format's: -F.
BlockIntegers castToFixed(const Format &format, const WideRows &wide) {
  const int64_t limit = (int64_t{1} << (format.elementBits() - 1)) - 1;
  const int32_t unit = format.operand().minExponent;
  BlockIntegers result = {wide.rows, wide.cols, {std::max<int64_t>(wide.rows, 1), wide.cols}, {}, {unit}};
  result.q.resize(wide.sum.size());
  parallelFor(wide.rows, [&](int64_t r) {
    for (int64_t c = 0; c < wide.cols; ++c) {
      const auto at = static_cast<size_t>(r * wide.cols + c);
      const int64_t exponent = wide.exponent[static_cast<size_t>(r * wide.blocksPerRow() + c / WideRows::blockCols)];
      const int64_t value = nearestEven(wide.sum[at], unit - exponent, limit);
      result.q[at] = static_cast<int32_t>(std::clamp(value, -limit - 1, limit));
    }
  });
  return result;
}

/// Each block as a row of its own, padded with zeros (A3).
LinearSums blocksAsRows(const WideRows &wide) {
  const int64_t blocks = wide.blocksPerRow();
  LinearSums sums = {wide.rows * blocks, WideRows::blockCols, {}, wide.exponent};
  sums.sum.resize(static_cast<size_t>(sums.rows * sums.cols));
  for (int64_t r = 0; r < wide.rows; ++r)
    std::copy_n(wide.sum.begin() + r * wide.cols, wide.cols, sums.sum.begin() + r * blocks * sums.cols);
  return sums;
}

template <typename T>
std::vector<T> withoutPadding(const std::vector<T> &padded, int64_t rows, int64_t cols, int64_t paddedCols) {
  std::vector<T> result(static_cast<size_t>(padded.empty() ? 0 : rows * cols));
  for (int64_t r = 0; r < rows && !padded.empty(); ++r)
    std::copy_n(padded.begin() + r * paddedCols, cols, result.begin() + r * cols);
  return result;
}

} // namespace

void checkCast(const Format &format) {
  edgeBits(format);
  if (format.scaleBits() > 0)
    linearOutput(&format);
}

BlockIntegers castRows(const Format &format, const WideRows &wide) {
  if (format.scaleBits() == 0)
    return castToFixed(format, wide);
  const BlockIntegers cast = castSums(format, wide.bits, blocksAsRows(wide));
  const int64_t paddedCols = wide.blocksPerRow() * WideRows::blockCols;
  return {wide.rows,     wide.cols,
          BlockShape{},  withoutPadding(cast.q, wide.rows, wide.cols, paddedCols),
          cast.exponent, withoutPadding(cast.shift, wide.rows, wide.cols, paddedCols)};
}

WideRows widen(const Format &format, const BlockIntegers &rows) {
  const WholeRows x(format, rows);
  WideRows wide(rows.rows, rows.cols, x.bits() + 1);
  for (int64_t r = 0; r < wide.rows; ++r) {
    for (int64_t c = 0; c < wide.cols; ++c)
      wide.sum[static_cast<size_t>(r * wide.cols + c)] = x.value(r, c);
    for (int64_t b = 0; b < wide.blocksPerRow(); ++b)
      wide.exponent[static_cast<size_t>(r * wide.blocksPerRow() + b)] = x.exponent(r, b);
  }
  return wide;
}

BlockIntegers castRows(const Format &to, const Format &from, const BlockIntegers &rows) {
  return &to == &from ? rows : castRows(to, widen(from, rows));
}

} // namespace mase
