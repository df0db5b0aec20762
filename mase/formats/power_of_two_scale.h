// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Scales that are powers of two: `e8` is OCP's e8m0, `e4` to `e7` are narrower.
///
/// B bits store exponents -(2^(B-1) - 1) to 2^(B-1) - 1 with that bias; the last code is NaN. Exponents beyond are
/// limited to that range (F6).
#pragma once

#include "mase/formats/scale.h"

namespace mase {

class PowerOfTwoScale final : public Scale {
public:
  static constexpr int minBits = 4, maxBits = 8;
  explicit PowerOfTwoScale(int bits) : bits_(bits) {}

  std::string name() const override;
  int bits() const override { return bits_; }
  uint32_t choose(float magnitude, const Element &element, uint32_t outer) const override;
  uint32_t nanCode() const override { return (1U << bits_) - 1; }
  std::string_view tag() const override { return bits_ == 8 ? "F8_E8M0" : ""; }
  ScaleInteger integer(uint32_t code) const override;
  std::optional<ScaleLayout> layout() const override { return ScaleLayout{}; }
  int minExponent() const override { return -maxExponent(); }
  int maxExponent() const override { return (1 << (bits_ - 1)) - 1; }

  /// The code of an exponent in range.
  uint32_t codeOf(int exponent) const { return static_cast<uint32_t>(exponent + maxExponent()); }

private:
  int bits_;
};

} // namespace mase
