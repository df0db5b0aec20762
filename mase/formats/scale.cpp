// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/scale.h"

#include "mase/formats/float_scale.h"
#include "mase/formats/power_of_two_scale.h"

#include <fmt/format.h>
#include <limits>

namespace mase {

double Scale::value(uint32_t code, uint32_t outer) const {
  const ScaleInteger inner = integer(code), above = outerInteger(outer);
  return inner.significand * powerOfTwo(inner.exponent) * above.significand * powerOfTwo(above.exponent);
}

std::shared_ptr<const Scale> parseScale(std::string_view name) {
  if (name.size() == 2 && name[0] == 'e' && name[1] >= '0' + PowerOfTwoScale::minBits &&
      name[1] <= '0' + PowerOfTwoScale::maxBits)
    return std::make_shared<PowerOfTwoScale>(name[1] - '0');
  if (name == "fp32")
    return std::make_shared<Fp32Scale>();
  if (name == "e4m3")
    return std::make_shared<Fp8Scale>(OuterScale::tensor);
  if (name == "e4m3-row")
    return std::make_shared<Fp8Scale>(OuterScale::row);
  return nullptr;
}

// ---- Powers of two

std::string PowerOfTwoScale::name() const { return fmt::format("e{}", bits_); }

uint32_t PowerOfTwoScale::choose(float magnitude, const Element &element, uint32_t) const {
  if (!std::isfinite(magnitude))
    return nanCode();
  if (magnitude == 0)
    return 0;                                                                                // F1
  return codeOf(std::clamp(element.scaleExponent(magnitude), minExponent(), maxExponent())); // F2, F6
}

ScaleInteger PowerOfTwoScale::integer(uint32_t code) const {
  return {1, static_cast<int32_t>(std::min(code, nanCode() - 1)) - maxExponent()};
}

// ---- Floats

uint32_t Fp32Scale::quotient(float magnitude, double divisor) const {
  if (!std::isfinite(magnitude))
    return nanCode();
  const double exact = std::max(magnitude / divisor, 0x1p-126); // F1; below, significands would lose bits
  // Kernels ask for every block: to nearest even by the bits that are lost, which may carry into the exponent.
  constexpr int lost = 53 - significantBits;
  auto bits = std::bit_cast<uint64_t>(exact);
  bits += (uint64_t{1} << (lost - 1)) - 1 + (bits >> lost & 1);
  double rounded = std::bit_cast<double>(bits >> lost << lost);
  if (magnitude > 0x1p126F ||
      exact > 0x1p126) { // F6: the largest element times the scale is no more than the largest fp32
    const RoundingGrid grid = {-126, significantBits - 1, 0x1.FFFp127};
    rounded = std::min(rounded, roundToGrid(std::numeric_limits<float>::max() / divisor, grid, Ties::towardZero));
  }
  return std::bit_cast<uint32_t>(static_cast<float>(rounded));
}

uint32_t Fp32Scale::choose(float magnitude, const Element &element, uint32_t) const {
  return quotient(magnitude, element.largest());
}

bool Fp32Scale::isCode(uint32_t code) const {
  const uint32_t field = code >> 23, lost = code & ((1U << (24 - significantBits)) - 1);
  return code == nanCode() || (field >= 1 && field <= 254 && lost == 0);
}

ScaleInteger Fp32Scale::integer(uint32_t code) const {
  const uint32_t field = std::clamp<uint32_t>((code >> 23) & 0xFF, 1, 254), mantissa = code & 0x7FFFFF;
  return {static_cast<int32_t>((mantissa | 0x800000) >> (24 - significantBits)),
          static_cast<int32_t>(field) - 127 - (significantBits - 1)};
}

uint32_t Fp8Scale::chooseOuter(float magnitude, const Element &element) const {
  return fp32_.quotient(magnitude, element.largest() * float_.largest());
}

uint32_t Fp8Scale::choose(float magnitude, const Element &element, uint32_t outer) const {
  if (!std::isfinite(magnitude))
    return nanCode();
  const ScaleInteger above = outerInteger(outer);
  const double exact = magnitude / element.largest() / (above.significand * powerOfTwo(above.exponent));
  return float_.encode(std::max(float_.round(exact, Ties::even), float_.smallest())); // F1: never zero
}

ScaleInteger Fp8Scale::integer(uint32_t code) const {
  const ElementInteger view = float_.integer(std::min(code, nanCode() - 1));
  return {std::max(view.significand, 1), view.shift + float_.unitExponent()};
}

} // namespace mase
