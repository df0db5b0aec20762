// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/distillation/distillation_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {

void gradients::distillation(mlir::MLIRContext &context) {
  DistillationOp::attachInterface<GradientByKernel<DistillationOp>>(context);
}

} // namespace mase::ir
