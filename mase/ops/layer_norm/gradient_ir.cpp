// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/layer_norm/layer_norm_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {

void gradients::layer_norm(mlir::MLIRContext &context) {
  LayerNormOp::attachInterface<GradientByKernel<LayerNormOp>>(context);
}

} // namespace mase::ir
