// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/split_heads/split_heads_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/split_heads/split_heads.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::split_heads(MaseDialect &dialect) { dialect.addOperators<SplitHeadsOp>(); }

void SplitHeadsOp::build(OpBuilder &builder, OperationState &state, Value input, int64_t heads) {
  auto shape = cast<RankedTensorType>(input.getType()).getShape();
  build(builder, state, f32Tensor(builder.getContext(), {heads, shape[0], shape[1] / heads}), input, HwAttr());
}

LogicalResult SplitHeadsOp::verify() {
  ArrayRef<int64_t> in = getInput().getType().getShape();
  if (getType().getRank() != 3)
    return emitOpError("result has ") << getType().getRank() << " dimensions (3 are right: heads x tokens x features)";
  ArrayRef<int64_t> out = getType().getShape();
  if (out[0] * out[2] != in[1] || ShapedType::isDynamic(out[0]) || ShapedType::isDynamic(out[2]))
    return emitOpError() << shapeText(out[0]) << " heads of " << shapeText(out[2]) << " do not make the input's "
                         << shapeText(in[1]) << " features";
  return verifyResultShape(*this, {out[0], in[0], out[2]});
}

} // namespace mase::ir
