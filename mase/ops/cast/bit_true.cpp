// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/cast/bit_true.h"

#include "mase/ops/linear/bit_true.h"

#include <algorithm>
#include <cassert>

namespace mase {
namespace {

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
  linearOutput(&format);
}

BlockIntegers castRows(const Format &format, const WideRows &wide) {
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
