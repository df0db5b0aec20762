// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The bias of a linear as hardware stores it (docs/operators.md, O17).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mase {

/// b[o] * 2^exponent, |b[o]| < 2^15. Empty: no bias.
struct LinearBias {
  std::vector<int32_t> b;
  int exponent = 0;
};

/// To nearest even, under the least exponent that holds them all. `divisor` is what the sum is multiplied by behind it
/// (A23). Errors  InputError when a value is not finite.
LinearBias quantizeBias(std::span<const float> bias, double divisor);

} // namespace mase
