// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/cross_entropy/cross_entropy_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {

void gradients::cross_entropy(mlir::MLIRContext &context) {
  CrossEntropyOp::attachInterface<GradientByKernel<CrossEntropyOp>>(context);
}

} // namespace mase::ir
