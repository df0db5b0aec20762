// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/pool/pool_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/pool/pool.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::pool(MaseDialect &dialect) { dialect.addOperators<PoolOp>(); }

void PoolOp::build(OpBuilder &builder, OperationState &state, Value input, StringRef token) {
  const int64_t features = cast<RankedTensorType>(input.getType()).getDimSize(1);
  build(builder, state, f32Tensor(builder.getContext(), {1, features}), input, builder.getStringAttr(token), HwAttr());
}

LogicalResult PoolOp::verify() {
  if (getToken() != "first" && getToken() != "last")
    return emitOpError("token is '") << getToken() << "' (first or last is right)";
  return verifyResultShape(*this, {1, getInput().getType().getDimSize(1)});
}

} // namespace mase::ir
