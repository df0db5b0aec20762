// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/register_gradients.h"
#include "mase/ops/softmax/softmax_ir.h"

namespace mase::ir {

void gradients::softmax(mlir::MLIRContext &context) {
  SoftmaxOp::attachInterface<GradientByKernel<SoftmaxOp, ReadsResult::yes>>(context);
}

} // namespace mase::ir
