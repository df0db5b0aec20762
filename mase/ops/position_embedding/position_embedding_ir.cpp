// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/position_embedding/position_embedding_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/position_embedding/position_embedding.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::position_embedding(MaseDialect &dialect) { dialect.addOperators<PositionEmbeddingOp>(); }

void PositionEmbeddingOp::build(OpBuilder &builder, OperationState &state, Value input, Value table, int64_t offset) {
  build(builder, state, f32Like(input), input, table, builder.getI64IntegerAttr(offset), HwAttr());
}

LogicalResult PositionEmbeddingOp::verify() {
  int64_t features = getInput().getType().getDimSize(1);
  int64_t rows = getTable().getType().getDimSize(0), width = getTable().getType().getDimSize(1);
  if (width != features)
    return emitOpError("the table's rows have ")
           << shapeText(width) << " elements for " << shapeText(features) << " features";
  int64_t offset = getOffset();
  if (offset < 0 || (!ShapedType::isDynamic(rows) && offset >= rows))
    return emitOpError("offset is ") << offset << " in a table of " << shapeText(rows)
                                     << " rows (the row of position 0 is right)";
  return success();
}

} // namespace mase::ir
