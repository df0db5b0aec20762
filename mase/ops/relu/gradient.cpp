// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"
#include "mase/ops/unary_gradient.h"

namespace mase {

gradients::Made gradients::relu(const OperatorDescription &) {
  return unaryGradient<UnaryReads::input>([](const float *x, const float *by, float *gradient, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      gradient[i] = x[i] > 0 ? by[i] : 0.0F;
  });
}

} // namespace mase
