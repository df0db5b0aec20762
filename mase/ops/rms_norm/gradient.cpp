// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"
#include "mase/ops/norm_gradient.h"

namespace mase {

gradients::Made gradients::rmsNorm(const OperatorDescription &description) {
  return normGradient(description, NormKind::rootMeanSquare);
}

} // namespace mase
