// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/position_embedding/position_embedding_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {

void gradients::position_embedding(mlir::MLIRContext &context) {
  PositionEmbeddingOp::attachInterface<GradientOfAddedRows<PositionEmbeddingOp>>(context);
}

} // namespace mase::ir
