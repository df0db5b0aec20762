// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/silu/bit_true.h"

#include <cmath>

namespace mase {

TabulatedFunction siluGate() {
  return gateFunction("silu", [](double z) { return 1 / (1 + std::exp(16 - 32 * z)); });
}

WideRows siluBitTrue(const Format &format, const BlockIntegers &x) {
  return gateBitTrue(functionTable(siluGate()), format, x);
}

} // namespace mase
