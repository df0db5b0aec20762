// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/token_type_embedding/token_type_embedding_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/token_type_embedding/token_type_embedding.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::token_type_embedding(MaseDialect &dialect) { dialect.addOperators<TokenTypeEmbeddingOp>(); }

void TokenTypeEmbeddingOp::build(OpBuilder &builder, OperationState &state, Value input, Value types, Value table) {
  build(builder, state, f32Like(input), input, types, table, HwAttr());
}

LogicalResult TokenTypeEmbeddingOp::verify() {
  const int64_t features = getInput().getType().getDimSize(1), width = getTable().getType().getDimSize(1);
  if (width != features)
    return emitOpError("the table's rows have ")
           << shapeText(width) << " elements for " << shapeText(features) << " features";
  const int64_t tokens = getInput().getType().getDimSize(0), types = getTypes().getType().getDimSize(0);
  if (types != tokens)
    return emitOpError() << shapeText(types) << " types for " << shapeText(tokens) << " tokens (one each is right)";
  return success();
}

} // namespace mase::ir
