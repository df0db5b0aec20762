// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Fixed point: W-bit two's-complement integers with F fraction bits, one static binary point for the whole tensor.
///
/// Rules  docs/formats.md, F10. Round to nearest even, saturating. Nothing follows the data, so it is the format of
///        activations whose range is known, and of scores and probabilities in hardware.
#pragma once

#include "mase/formats/registry.h"
#include "mase/formats/static_integer.h"

namespace mase {

class Fixed final : public StaticInteger {
public:
  /// `width` 2 to 24 bits, sign included; `fraction` -32 to 32 bits right of the binary point.
  Fixed(int width, int fraction) : StaticInteger(width, {1, -fraction}, false) {}

  std::string name() const override;
  int fractionBits() const { return -step().exponent; }
};

FormatFamily fixedFamily();

} // namespace mase
