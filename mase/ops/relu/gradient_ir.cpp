// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/register_gradients.h"
#include "mase/ops/relu/relu_ir.h"

namespace mase::ir {

void gradients::relu(mlir::MLIRContext &context) { ReluOp::attachInterface<GradientByKernel<ReluOp>>(context); }

} // namespace mase::ir
