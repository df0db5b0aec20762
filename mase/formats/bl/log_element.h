// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The element of block logarithms: zero, or a sign and a power of two.
///
/// It is a small float without mantissa, whose subnormals are zero alone. Its scale brings the power of two that is
/// nearest to the block's largest magnitude to the largest element (F14).
#pragma once

#include "mase/formats/float_element.h"

namespace mase {

class LogElement final : public FloatElement {
public:
  /// `bits` 3 to 8.
  explicit LogElement(int bits) : FloatElement(bits - 1, 0) {}

  int scaleExponent(float magnitude) const override {
    const int exponent = std::ilogb(magnitude);
    const bool up = magnitude >= 1.5 * powerOfTwo(exponent);
    return std::min(exponent + (up ? 1 : 0), 127) - std::ilogb(largest()); // 2^128 is no fp32
  }
  bool roundsScale() const override { return true; }
};

} // namespace mase
