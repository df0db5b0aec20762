// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/wide_rows.h"

#include "mase/support/error.h"

#include <algorithm>

namespace mase {
namespace {

/// fixed<W,F>: nothing is stored beside the elements.
bool isStatic(const Format &format) { return format.scaleBits() == 0 && format.scaleReach() == ScaleReach::none; }

} // namespace

int edgeBits(const Format &format) {
  constexpr int most = 24;
  if (!format.hasIntegers())
    fail("format '{}' has no integers, so no hardware computes with it (mase formats lists those that have)",
         format.name());
  const OperandShape shape = format.operand();
  const int bits = shape.significandBits + shape.maxShift;
  const bool blocks = format.block() == BlockShape{} || isStatic(format);
  if (!blocks || shape.scaleSignificandBits > 0 || shape.outerSignificandBits > 0 || bits > most)
    fail(
        "format '{}' is none of an edge between operators (blocks of 1x32 or one static scale, powers of two, elements "
        "below 2^{})",
        format.name(), most);
  return bits;
}

WholeRows::WholeRows(const Format &format, const BlockIntegers &rows)
    : rows_(rows), bits_(edgeBits(format)), isStatic_(isStatic(format)), blocks_(rows.blocksPerRow()) {}

void WholeRows::read(int64_t row, int32_t *values) const {
  const auto cols = static_cast<size_t>(rows_.cols), at = static_cast<size_t>(row) * cols;
  if (rows_.shift.empty())
    std::copy_n(rows_.q.data() + at, cols, values);
  else
    for (size_t c = 0; c < cols; ++c)
      values[c] = rows_.q[at + c] * (1 << rows_.shift[at + c]);
}

int32_t WholeRows::largestExponent(int64_t row) const {
  if (isStatic_)
    return rows_.exponent[0];
  const auto first = rows_.exponent.begin() + row * blocks_;
  return *std::max_element(first, first + blocks_);
}

} // namespace mase
