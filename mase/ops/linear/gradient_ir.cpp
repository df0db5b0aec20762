// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {

void gradients::linear(mlir::MLIRContext &context) { LinearOp::attachInterface<GradientByKernel<LinearOp>>(context); }

} // namespace mase::ir
