// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/static_integer.h"

#include "mase/formats/plain_codec.h"
#include "mase/formats/plain_kernel.h"
#include "mase/formats/rounding_grid.h"
#include "mase/support/error.h"

#include <cassert>

namespace mase {

double StaticInteger::stepValue() const { return step_.significand * powerOfTwo(step_.exponent); }

ElementRange StaticInteger::range() const {
  const double largest = symmetric_ ? greatest() : -static_cast<double>(least());
  return {largest * stepValue(), stepValue(), 1 / largest, symmetric_};
}

// F10; NaN gives zero. The quotient of 24 by 13 bits comes no closer to a tie than fp64 can tell.
int32_t StaticInteger::wholeOf(float x) const {
  if (std::isnan(x))
    return 0;
  return static_cast<int32_t>(std::clamp<double>(std::nearbyint(x / stepValue()), least(), greatest()));
}

void StaticInteger::fakeQuantize(ConstMatrixView x, MatrixView y) const {
  if (step_.significand == 1)
    fixedFakeQuantize(least(), greatest(), step_.exponent, x, y);
  else
    steppedFakeQuantize(greatest(), static_cast<float>(stepValue()), x, y);
}

void StaticInteger::encode(ConstMatrixView x, EncodedMatrix &result) const {
  result.reset(encodedShape(x.rows, x.cols));
  const auto quantize = [this](ConstMatrixView rows, MatrixView values) { fakeQuantize(rows, values); };
  plainIntegerEncode(static_cast<float>(stepValue()), quantize, x, result);
}

void StaticInteger::decode(const EncodedMatrix &x, MatrixView y) const {
  assert(x.rows == y.rows && x.cols == y.cols && x.elements.width() == bits_);
  plainIntegerDecode(static_cast<float>(stepValue()), x, y);
}

std::string_view StaticInteger::elementTag() const { return bits_ == 8 ? "I8" : bits_ == 16 ? "I16" : ""; }

OperandShape StaticInteger::operand() const {
  const int significand = step_.significand == 1 ? 0 : static_cast<int>(std::bit_width<uint32_t>(step_.significand));
  return {symmetric_ ? bits_ - 1 : bits_, 0, symmetric_, step_.exponent, step_.exponent, significand, 0};
}

ElementInteger StaticInteger::elementInteger(uint32_t code) const {
  const uint32_t sign = 1U << (bits_ - 1);
  return {static_cast<int32_t>(code ^ sign) - static_cast<int32_t>(sign), 0};
}

BlockIntegers StaticInteger::integers(ConstMatrixView x) const {
  BlockIntegers result = {
      x.rows, x.cols, {std::max<int64_t>(x.rows, 1), std::max<int64_t>(x.cols, 1)}, {}, {step_.exponent}};
  if (step_.significand != 1)
    result.scale = {step_.significand};
  for (int64_t r = 0; r < x.rows; ++r)
    for (int64_t c = 0; c < x.cols; ++c) {
      if (!std::isfinite(x.row(r)[c]))
        fail("element ({}, {}) is not finite (an integer view needs finite values)", r, c);
      result.q.push_back(wholeOf(x.row(r)[c]));
    }
  return result;
}

} // namespace mase
