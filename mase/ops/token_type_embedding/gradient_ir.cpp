// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"
#include "mase/ops/register_gradients.h"
#include "mase/ops/token_type_embedding/token_type_embedding_ir.h"

namespace mase::ir {

void gradients::token_type_embedding(mlir::MLIRContext &context) {
  TokenTypeEmbeddingOp::attachInterface<GradientOfAddedRows<TokenTypeEmbeddingOp>>(context);
}

} // namespace mase::ir
