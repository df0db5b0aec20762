// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/int_element.h"

namespace mase {

uint32_t IntElement::encode(double value) const {
  const auto q = static_cast<int32_t>(value * powerOfTwo(fraction_));
  return static_cast<uint32_t>(q) & ((1U << bits_) - 1);
}

ElementInteger IntElement::integer(uint32_t code) const {
  const uint32_t sign = 1U << (bits_ - 1);
  return {static_cast<int32_t>(code ^ sign) - static_cast<int32_t>(sign), 0};
}

} // namespace mase
