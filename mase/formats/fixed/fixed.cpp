// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/fixed/fixed.h"

#include "mase/formats/plain_kernel.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace mase {

Fixed::Fixed(int width, int fraction) : width_(width), fraction_(fraction) {}

std::string Fixed::name() const { return fmt::format("fixed<{},{}>", width_, fraction_); }

ElementRange Fixed::range() const {
  return {std::ldexp(1.0, width_ - 1 - fraction_), std::ldexp(1.0, -fraction_), std::ldexp(1.0, 1 - width_), false};
}

// F10; NaN gives zero.
int32_t Fixed::wholeOf(float x) const {
  if (std::isnan(x))
    return 0;
  const double high = std::ldexp(1.0, width_ - 1) - 1, low = -std::ldexp(1.0, width_ - 1);
  return static_cast<int32_t>(std::clamp(std::nearbyint(std::ldexp(static_cast<double>(x), fraction_)), low, high));
}

void Fixed::fakeQuantize(ConstMatrixView x, MatrixView y) const { fixedFakeQuantize(width_, fraction_, x, y); }

void Fixed::encode(ConstMatrixView x, EncodedMatrix &result) const {
  result.reset(encodedShape(x.rows, x.cols));
  for (int64_t r = 0; r < x.rows; ++r)
    for (int64_t c = 0; c < x.cols; ++c)
      result.elements.set(r * x.cols + c, static_cast<uint32_t>(wholeOf(x.row(r)[c])) & ((1U << width_) - 1));
}

void Fixed::decode(const EncodedMatrix &x, MatrixView y) const {
  assert(x.rows == y.rows && x.cols == y.cols && x.elements.width() == width_);
  for (int64_t r = 0; r < x.rows; ++r)
    for (int64_t c = 0; c < x.cols; ++c)
      y.row(r)[c] =
          std::ldexp(static_cast<float>(elementInteger(x.elements.get(r * x.cols + c)).significand), -fraction_);
}

OperandShape Fixed::operand() const { return {width_, 0, false, -fraction_, -fraction_, 0, 0}; }

ElementInteger Fixed::elementInteger(uint32_t code) const {
  const uint32_t sign = 1U << (width_ - 1);
  return {static_cast<int32_t>(code ^ sign) - static_cast<int32_t>(sign), 0};
}

BlockIntegers Fixed::integers(ConstMatrixView x) const {
  BlockIntegers result = {
      x.rows, x.cols, {std::max<int64_t>(x.rows, 1), std::max<int64_t>(x.cols, 1)}, {}, {-fraction_}};
  for (int64_t r = 0; r < x.rows; ++r)
    for (int64_t c = 0; c < x.cols; ++c) {
      if (!std::isfinite(x.row(r)[c]))
        fail("element ({}, {}) is not finite (an integer view needs finite values)", r, c);
      result.q.push_back(wholeOf(x.row(r)[c]));
    }
  return result;
}

FormatFamily fixedFamily() {
  return {"fixed",
          "fixed<W,F>",
          "W-bit integers, 2 to 24 bits, with F fraction bits: one static scale a tensor",
          [](const FormatName &name) -> std::unique_ptr<Format> {
            const std::optional<std::vector<int>> numbers = numbersInBrackets(name.head, "fixed", 2);
            if (!numbers || !name.isPlain())
              return nullptr;
            const int width = (*numbers)[0], fraction = (*numbers)[1];
            if (width < 2 || width > 24)
              fail("format '{}' has elements of {} bits (2 to 24 are possible)", name.text, width);
            if (fraction < -32 || fraction > 32)
              fail("format '{}' has {} fraction bits (-32 to 32 are possible)", name.text, fraction);
            return std::make_unique<Fixed>(width, fraction);
          },
          [] {
            return std::vector<std::string>{"fixed<8,4>", "fixed<16,8>", "fixed<24,12>"};
          },
          [] {
            return std::vector<std::string>{"fixed<2,0>", "fixed<16,-3>"};
          }};
}

} // namespace mase
