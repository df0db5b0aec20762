// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/embedding/embedding_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {

void gradients::embedding(mlir::MLIRContext &context) {
  EmbeddingOp::attachInterface<GradientByKernel<EmbeddingOp>>(context);
}

} // namespace mase::ir
