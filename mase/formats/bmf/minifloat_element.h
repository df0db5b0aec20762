// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The element of block minifloats: a small float whose codes are all numbers.
///
/// Nothing is added to FloatElement but its parameters and a type of its own, by which roundings that are defined for
/// block minifloats alone know it.
#pragma once

#include "mase/formats/float_element.h"

namespace mase {

class MinifloatElement final : public FloatElement {
public:
  MinifloatElement(int exponentBits, int mantissaBits)
      : FloatElement(exponentBits, mantissaBits), exponentBits(exponentBits), mantissaBits(mantissaBits) {}

  const int exponentBits, mantissaBits;
};

} // namespace mase
