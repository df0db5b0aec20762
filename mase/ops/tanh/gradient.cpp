// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"
#include "mase/ops/unary_gradient.h"

namespace mase {

gradients::Made gradients::tanh(const OperatorDescription &) {
  return unaryGradient<UnaryReads::result>([](const float *y, const float *by, float *gradient, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      gradient[i] = by[i] * (1 - y[i] * y[i]);
  });
}

} // namespace mase
