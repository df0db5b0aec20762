// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/cast/cast_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/cast/cast.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::cast(MaseDialect &dialect) { dialect.addOperators<CastOp>(); }

void CastOp::build(OpBuilder &builder, OperationState &state, Value input, Type elementType) {
  auto shape = cast<RankedTensorType>(input.getType()).getShape();
  build(builder, state, RankedTensorType::get(shape, elementType), input, HwAttr());
}

OpFoldResult CastOp::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? OpFoldResult(getInput()) : OpFoldResult();
}

} // namespace mase::ir
