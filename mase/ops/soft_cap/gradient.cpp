// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"
#include "mase/ops/unary_gradient.h"

namespace mase {

// y = cap tanh(x scale / cap), hence dy/dx = scale (1 - (y / cap)^2).
gradients::Made gradients::softCap(const OperatorDescription &description) {
  const auto scale = static_cast<float>(description.attribute<double>("scale"));
  const auto inverse = static_cast<float>(1 / description.attribute<double>("cap"));
  return unaryGradient<UnaryReads::result>(
      [scale, inverse](const float *y, const float *by, float *gradient, int64_t count) {
        for (int64_t i = 0; i < count; ++i) {
          // Scores that a causal mask hides are never computed; no gradient comes to them.
          const float bent = y[i] * inverse;
          gradient[i] = by[i] == 0 ? 0.0F : by[i] * scale * (1 - bent * bent);
        }
      });
}

} // namespace mase
