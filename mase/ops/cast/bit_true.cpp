// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/cast/bit_true.h"

#include "mase/ops/linear/bit_true.h"

namespace mase {
void checkCast(const Format &format) {
  edgeBits(format);
  linearOutput(&format);
}

void castRows(const Format &format, const WideRows &wide, BlockIntegers &cast) {
  castSums(format, wide.bits, {wide.rows, wide.cols, wide.sum.data(), wide.exponent.data(), false}, cast);
  cast.block = BlockShape{};
  cast.scale.clear();
}

BlockIntegers castRows(const Format &format, const WideRows &wide) {
  BlockIntegers cast;
  castRows(format, wide, cast);
  return cast;
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
