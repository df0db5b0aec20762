// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/cross_entropy/cross_entropy_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/cross_entropy/cross_entropy.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::cross_entropy(MaseDialect &dialect) { dialect.addOperators<CrossEntropyOp>(); }

void CrossEntropyOp::build(OpBuilder &builder, OperationState &state, Value logits, Value targets) {
  int64_t tokens = cast<RankedTensorType>(logits.getType()).getDimSize(0);
  build(builder, state, f32Tensor(builder.getContext(), {tokens}), logits, targets);
}

LogicalResult CrossEntropyOp::verify() {
  int64_t tokens = getLogits().getType().getDimSize(0), targets = getTargets().getType().getDimSize(0);
  if (tokens != targets)
    return emitOpError("has ") << shapeText(targets) << " targets for " << shapeText(tokens) << " rows of logits";
  return verifyResultShape(*this, {tokens});
}

} // namespace mase::ir
