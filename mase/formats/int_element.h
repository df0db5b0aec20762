// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Integer elements: two's complement, the most negative code never produced (F4).
///
/// Value = code * 2^-fraction. MXInt has one integer bit (fraction = bits - 2), so that its values stay below 2 as
/// OCP MX v1.0, 5.3.4 has it; integers under an fp32 scale have no fraction.
#pragma once

#include "mase/formats/element.h"

namespace mase {

class IntElement final : public Element {
public:
  /// `bits` sign included, 2 to 16.
  IntElement(int bits, int fraction) : bits_(bits), fraction_(fraction) {}

  int bits() const override { return bits_; }
  double largest() const override { return limit() * powerOfTwo(-fraction_); }
  double smallest() const override { return powerOfTwo(-fraction_); }
  double relativeStep() const override { return 1.0 / limit(); }
  double round(double v, Ties ties) const override { return roundToGrid(v, *grid(), ties); }
  bool isTwosComplement() const override { return true; }
  uint32_t encode(double value) const override;
  bool isCode(uint32_t code) const override { return code != 1U << (bits_ - 1); } // F4
  std::string_view tag() const override { return bits_ == 8 ? "I8" : bits_ == 16 ? "I16" : ""; }
  double decode(uint32_t code) const override { return integer(code).significand * powerOfTwo(-fraction_); }
  std::optional<RoundingGrid> grid() const override {
    return RoundingGrid{bits_ - 2 - fraction_, bits_ - 2, largest()};
  }
  std::optional<CodeLayout> layout() const override {
    return CodeLayout{CodeLayout::Kind::integer, 0, static_cast<uint32_t>(limit())};
  }
  int unitExponent() const override { return -fraction_; }
  int significandBits() const override { return bits_ - 1; }
  ElementInteger integer(uint32_t code) const override;

private:
  int limit() const { return (1 << (bits_ - 1)) - 1; }
  int bits_, fraction_;
};

} // namespace mase
