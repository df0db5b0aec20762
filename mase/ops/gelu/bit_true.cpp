// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gelu/bit_true.h"

#include <cmath>

namespace mase {

TabulatedFunction geluGate() {
  return gateFunction("gelu", [](double z) { return std::erfc((16 - 32 * z) / std::sqrt(2.0)) / 2; });
}

TabulatedFunction geluTanhGate() {
  return gateFunction("gelu_tanh", [](double z) {
    const double x = 32 * z - 16;
    return 1 / (1 + std::exp(-2 * 0.79788456080286535588 * (x + 0.044715 * x * x * x))); // sqrt(2 / pi)
  });
}

WideRows geluBitTrue(const Format &format, const BlockIntegers &x) {
  return gateBitTrue(functionTable(geluGate()), format, x);
}

WideRows geluTanhBitTrue(const Format &format, const BlockIntegers &x) {
  return gateBitTrue(functionTable(geluTanhGate()), format, x);
}

} // namespace mase
