// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/table/table_element.h"

#include <limits>

namespace mase {
namespace {

// The exponent of the lowest set bit of a number that is not zero.
int lowestExponent(double value) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  const auto significand = static_cast<int64_t>(std::ldexp(fraction, 53));
  return exponent - 53 + std::countr_zero(static_cast<uint64_t>(significand));
}

} // namespace

TableElement::TableElement(std::vector<double> values) : values_(std::move(values)) {
  for (size_t code = 0; code < values_.size(); ++code)
    sorted_.push_back({values_[code] + 0.0, static_cast<uint32_t>(code)}); // -0 becomes +0
  std::sort(sorted_.begin(), sorted_.end(), [](const Entry &a, const Entry &b) { return a.value < b.value; });
  smallest_ = std::numeric_limits<double>::infinity();
  unitExponent_ = std::numeric_limits<int>::max();
  for (const Entry &entry : sorted_) {
    if (entry.value == 0)
      continue;
    largest_ = std::max(largest_, std::fabs(entry.value));
    smallest_ = std::min(smallest_, std::fabs(entry.value));
    unitExponent_ = std::min(unitExponent_, lowestExponent(entry.value));
    symmetric_ = symmetric_ && sorted_[nearest(-entry.value)].value == -entry.value;
  }
  significandBits_ = std::ilogb(largest_) - unitExponent_ + 1;
  for (const Entry &entry : sorted_)
    if (std::fabs(entry.value) < largest_)
      relativeStep_ = std::min(relativeStep_, 1 - std::fabs(entry.value) / largest_);
}

int TableElement::bits() const { return std::max(static_cast<int>(std::bit_width(values_.size() - 1)), 1); }

size_t TableElement::nearest(double v) const {
  const auto above =
      std::lower_bound(sorted_.begin(), sorted_.end(), v, [](const Entry &entry, double x) { return entry.value < x; });
  if (above == sorted_.begin())
    return 0;
  const auto index = static_cast<size_t>(above - sorted_.begin());
  if (above == sorted_.end())
    return index - 1;
  const double up = above->value - v, down = v - sorted_[index - 1].value;
  if (up == down)
    return std::fabs(above->value) < std::fabs(sorted_[index - 1].value) ? index : index - 1;
  return up < down ? index : index - 1;
}

double TableElement::round(double v, Ties) const { return sorted_[nearest(v)].value; }

uint32_t TableElement::encode(double value) const { return sorted_[nearest(value)].code; }

double TableElement::decode(uint32_t code) const { return code < values_.size() ? values_[code] + 0.0 : 0; }

ElementInteger TableElement::integer(uint32_t code) const {
  return {static_cast<int32_t>(std::ldexp(decode(code), -unitExponent_)), 0};
}

} // namespace mase
