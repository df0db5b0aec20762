// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/register_gradients.h"
#include "mase/ops/tanh/tanh_ir.h"

namespace mase::ir {

void gradients::tanh(mlir::MLIRContext &context) {
  TanhOp::attachInterface<GradientByKernel<TanhOp, ReadsResult::yes>>(context);
}

} // namespace mase::ir
