// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/embedding/embedding_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/embedding/embedding.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::embedding(MaseDialect &dialect) { dialect.addOperators<EmbeddingOp>(); }

namespace {
SmallVector<int64_t> embeddingShape(Value ids, Value table) {
  return {cast<RankedTensorType>(ids.getType()).getDimSize(0), cast<RankedTensorType>(table.getType()).getDimSize(1)};
}
} // namespace

void EmbeddingOp::build(OpBuilder &builder, OperationState &state, Value ids, Value table) {
  build(builder, state, f32Tensor(builder.getContext(), embeddingShape(ids, table)), ids, table, HwAttr());
}

LogicalResult EmbeddingOp::verify() { return verifyResultShape(*this, embeddingShape(getIds(), getTable())); }

} // namespace mase::ir
