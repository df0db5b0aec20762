// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/merge_heads/merge_heads_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/merge_heads/merge_heads.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::merge_heads(MaseDialect &dialect) { dialect.addOperators<MergeHeadsOp>(); }

namespace {
SmallVector<int64_t> mergedShape(Value input) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(input.getType()).getShape();
  return {shape[1], shape[0] * shape[2]};
}
} // namespace

void MergeHeadsOp::build(OpBuilder &builder, OperationState &state, Value input) {
  build(builder, state, f32Tensor(builder.getContext(), mergedShape(input)), input, HwAttr());
}

LogicalResult MergeHeadsOp::verify() {
  ArrayRef<int64_t> shape = getInput().getType().getShape();
  if (ShapedType::isDynamic(shape[0]) || ShapedType::isDynamic(shape[2]))
    return emitOpError("input has shape ") << shapeText(shape) << " (the number of heads and their size are known)";
  return verifyResultShape(*this, mergedShape(getInput()));
}

} // namespace mase::ir
