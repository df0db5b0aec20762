// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/bias.h"

#include "mase/support/error.h"

#include <algorithm>
#include <cmath>

namespace mase {

LinearBias quantizeBias(std::span<const float> bias, double divisor) {
  constexpr int bits = 15;
  double largest = 0;
  for (float value : bias) {
    if (!std::isfinite(value))
      fail("a bias is {} (hardware adds finite numbers)", value);
    largest = std::max(largest, std::abs(static_cast<double>(value)) / divisor);
  }
  LinearBias result;
  if (largest > 0) {
    std::frexp(largest, &result.exponent); // largest < 2^exponent
    result.exponent -= bits;
    if (std::nearbyint(std::ldexp(largest, -result.exponent)) >= 1 << bits) // rounds up to the next power
      ++result.exponent;
  }
  for (float value : bias)
    result.b.push_back(
        static_cast<int32_t>(std::nearbyint(std::ldexp(static_cast<double>(value) / divisor, -result.exponent))));
  return result;
}

} // namespace mase
