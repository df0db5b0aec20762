// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/register_gradients.h"
#include "mase/ops/rope/rope_ir.h"

namespace mase::ir {

void gradients::rope(mlir::MLIRContext &context) { RopeOp::attachInterface<GradientByKernel<RopeOp>>(context); }

} // namespace mase::ir
