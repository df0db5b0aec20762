// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Scales that are floats, so that the largest element of a block uses the whole range of the elements.
///
/// `fp32` (F12): largest magnitude / largest element, rounded to nearest even with 13 significant bits. That few, since
/// then element times scale is exact in fp32 for elements of up to 12 bits: emulation, codec and integers agree to the
/// last bit, quantising twice is quantising once, and hardware multiplies by a small constant. It costs at most 1/64 of
/// an int8 step. Stored as the 32 bits of an fp32.
///
/// `e4m3` (F13): OCP's 8-bit float under an outer scale as above, one for the tensor or (`e4m3-row`) one a row; as
/// NVFP4 has it.
#pragma once

#include "mase/formats/float_element.h"
#include "mase/formats/scale.h"

namespace mase {

class Fp32Scale final : public Scale {
public:
  static constexpr int significantBits = 13;

  std::string name() const override { return "fp32"; }
  int bits() const override { return 32; }
  uint32_t choose(float magnitude, const Element &element, uint32_t outer) const override;
  uint32_t nanCode() const override { return 0x7FC00000; }
  /// NaN, or normal numbers with no more significant bits than that.
  bool isCode(uint32_t code) const override;
  std::string_view tag() const override { return "F32"; }
  ScaleInteger integer(uint32_t code) const override;
  int minExponent() const override { return -126 - (significantBits - 1); }
  int maxExponent() const override { return 127 - (significantBits - 1); }
  int significandBits() const override { return significantBits; }

  /// magnitude / divisor as such a scale.
  uint32_t quotient(float magnitude, double divisor) const;
};

class Fp8Scale final : public Scale {
public:
  explicit Fp8Scale(OuterScale outer) : outer_(outer) {}

  std::string name() const override { return outer_ == OuterScale::row ? "e4m3-row" : "e4m3"; }
  int bits() const override { return float_.bits(); }
  uint32_t choose(float magnitude, const Element &element, uint32_t outer) const override;
  uint32_t nanCode() const override { return 0x7F; }
  bool isCode(uint32_t code) const override { return code > 0 && code <= nanCode(); }
  bool isOuterCode(uint32_t code) const override { return fp32_.isCode(code) && code != fp32_.nanCode(); }
  std::string_view tag() const override { return float_.tag(); }
  ScaleInteger integer(uint32_t code) const override;
  std::optional<ScaleLayout> layout() const override {
    return ScaleLayout{4, float_.significandBits(), float_.maxShift()};
  }
  OuterScale outer() const override { return outer_; }
  uint32_t chooseOuter(float magnitude, const Element &element) const override;
  ScaleInteger outerInteger(uint32_t code) const override { return fp32_.integer(code); }
  std::optional<RoundingGrid> innerGrid() const override { return float_.grid(); }
  double smallestInner() const override { return float_.smallest(); }
  int minExponent() const override { return float_.unitExponent() + fp32_.minExponent(); }
  int maxExponent() const override { return float_.unitExponent() + float_.maxShift() + fp32_.maxExponent(); }
  int significandBits() const override { return float_.significandBits(); }
  int outerSignificandBits() const override { return Fp32Scale::significantBits; }

private:
  OuterScale outer_;
  FloatElement float_{4, 3, TopCodes::oneNan};
  Fp32Scale fp32_;
};

} // namespace mase
