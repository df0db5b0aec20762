// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/register_gradients.h"
#include "mase/ops/soft_cap/soft_cap_ir.h"

namespace mase::ir {

void gradients::soft_cap(mlir::MLIRContext &context) {
  SoftCapOp::attachInterface<GradientByKernel<SoftCapOp, ReadsResult::yes>>(context);
}

} // namespace mase::ir
