// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/register_gradients.h"
#include "mase/ops/rms_norm/rms_norm_ir.h"

namespace mase::ir {

void gradients::rms_norm(mlir::MLIRContext &context) {
  RmsNormOp::attachInterface<GradientByKernel<RmsNormOp>>(context);
}

} // namespace mase::ir
