// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/float_element.h"

#include <limits>

namespace mase {

FloatElement::FloatElement(int exponentBits, int mantissaBits, TopCodes top)
    : exponentBits_(exponentBits), mantissaBits_(mantissaBits), bias_((1 << (exponentBits - 1)) - 1), top_(top),
      topField_((1 << exponentBits) - (top == TopCodes::infinity ? 2 : 1)) {
  uint32_t significand = (2U << mantissaBits) - 1;
  if (top == TopCodes::oneNan)
    --significand;
  largest_ = significand * powerOfTwo(topField_ - bias_ - mantissaBits);
  largestCode_ = FloatElement::encode(largest_);
}

std::string_view FloatElement::tag() const {
  struct Tag {
    int exponentBits, mantissaBits;
    TopCodes top;
    std::string_view name;
  };
  constexpr Tag tags[] = {
      {2, 1, TopCodes::numbers, "F4"},     {2, 3, TopCodes::numbers, "F6_E2M3"},  {3, 2, TopCodes::numbers, "F6_E3M2"},
      {4, 3, TopCodes::oneNan, "F8_E4M3"}, {5, 2, TopCodes::infinity, "F8_E5M2"}, {5, 10, TopCodes::infinity, "F16"},
      {8, 7, TopCodes::infinity, "BF16"},  {8, 23, TopCodes::infinity, "F32"},
  };
  for (const Tag &tag : tags)
    if (tag.exponentBits == exponentBits_ && tag.mantissaBits == mantissaBits_ && tag.top == top_)
      return tag.name;
  return {};
}

double FloatElement::relativeStep() const { return powerOfTwo(topField_ - bias_ - mantissaBits_) / largest_; }

uint32_t FloatElement::encode(double value) const {
  const uint32_t sign = std::signbit(value) ? 1U << (exponentBits_ + mantissaBits_) : 0;
  if (value == 0)
    return sign;
  const int field = std::max(std::ilogb(value) + bias_, 0);
  const auto significand =
      static_cast<uint32_t>(std::fabs(value) * powerOfTwo(bias_ + mantissaBits_ - std::max(field, 1)));
  // A significand with its leading one carries into the field, which is why that starts one lower.
  return sign | (((static_cast<uint32_t>(std::max(field, 1)) - 1) << mantissaBits_) + significand);
}

double FloatElement::decode(uint32_t code) const {
  const bool negative = code >> (exponentBits_ + mantissaBits_);
  if (isSpecial(code)) {
    const bool infinite = top_ == TopCodes::infinity && (code & ((1U << mantissaBits_) - 1)) == 0;
    const double special =
        infinite ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    return negative ? -special : special;
  }
  const ElementInteger view = integer(code);
  const double magnitude = std::abs(view.significand) * powerOfTwo(view.shift + unitExponent());
  return negative ? -magnitude : magnitude;
}

ElementInteger FloatElement::integer(uint32_t code) const {
  if (isSpecial(code))
    return {};
  const uint32_t mantissa = code & ((1U << mantissaBits_) - 1);
  const uint32_t field = (code >> mantissaBits_) & ((1U << exponentBits_) - 1);
  const auto magnitude = static_cast<int32_t>(field > 0 ? mantissa | 1U << mantissaBits_ : mantissa);
  const bool negative = code >> (exponentBits_ + mantissaBits_);
  return {negative ? -magnitude : magnitude, static_cast<int32_t>(std::max(field, 1U)) - 1};
}

} // namespace mase
