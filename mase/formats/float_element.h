// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Small floats: sign, E bits of exponent, M bits of mantissa, with subnormals.
///
/// Code = sign << (E + M) | field << M | mantissa. A field above 0 stands for (1 + mantissa / 2^M) * 2^(field - bias),
/// field 0 for mantissa / 2^M * 2^(1 - bias); bias = 2^(E-1) - 1. So an element is a significand of M + 1 bits, shifted
/// left by max(field, 1) - 1, in units of 2^(1 - bias - M).
#pragma once

#include "mase/formats/element.h"

namespace mase {

/// What the topmost codes are for.
enum class TopCodes {
  numbers,  ///< all are numbers: OCP's e3m2, e2m3 and e2m1, block minifloats, block logarithms
  oneNan,   ///< the very last of each sign is NaN: OCP's e4m3
  infinity, ///< the last field is infinity and NaN, as in IEEE 754: OCP's e5m2
};

class FloatElement : public Element {
public:
  /// E 1 to 8, M 0 to 23.
  FloatElement(int exponentBits, int mantissaBits, TopCodes top = TopCodes::numbers);

  int bits() const override { return 1 + exponentBits_ + mantissaBits_; }
  double largest() const override { return largest_; }
  double smallest() const override { return powerOfTwo(unitExponent()); }
  double relativeStep() const override;
  double round(double v, Ties ties) const override { return roundToGrid(v, floatGrid(), ties); }
  uint32_t encode(double value) const override;
  double decode(uint32_t code) const override;
  bool isCode(uint32_t code) const override { return !isSpecial(code); }
  std::string_view tag() const override;
  std::optional<RoundingGrid> grid() const override { return floatGrid(); }
  std::optional<CodeLayout> layout() const override {
    return CodeLayout{CodeLayout::Kind::smallFloat, exponentBits_, encode(largest_)};
  }
  int unitExponent() const override { return 1 - bias_ - mantissaBits_; }
  int significandBits() const override { return mantissaBits_ + 1; }
  int maxShift() const override { return std::max(topField_, 1) - 1; }
  ElementInteger integer(uint32_t code) const override;

protected:
  RoundingGrid floatGrid() const { return {1 - bias_, mantissaBits_, largest_}; }

private:
  bool isSpecial(uint32_t code) const { return (code & magnitudeMask()) > largestCode_; }
  uint32_t magnitudeMask() const { return (1U << (exponentBits_ + mantissaBits_)) - 1; }
  int exponentBits_, mantissaBits_, bias_;
  TopCodes top_;
  int topField_; // the greatest field that holds a number
  double largest_;
  uint32_t largestCode_;
};

} // namespace mase
