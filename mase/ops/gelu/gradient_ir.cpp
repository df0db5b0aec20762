// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/gelu/gelu_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {

void gradients::gelu(mlir::MLIRContext &context) { GeluOp::attachInterface<GradientByKernel<GeluOp>>(context); }

} // namespace mase::ir
