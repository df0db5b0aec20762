// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/kv_cache/kv_cache_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/kv_cache/kv_cache.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::kv_cache(MaseDialect &dialect) { dialect.addOperators<KvCacheOp>(); }

void KvCacheOp::build(OpBuilder &builder, OperationState &state, Value input, StringRef name) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(input.getType()).getShape();
  build(builder, state, f32Tensor(builder.getContext(), {shape[0], ShapedType::kDynamic, shape[2]}), input,
        builder.getStringAttr(name), HwAttr());
}

LogicalResult KvCacheOp::verify() {
  if (getName().empty())
    return emitOpError("name is empty (each cache has a name of its own)");
  ArrayRef<int64_t> shape = getInput().getType().getShape();
  return verifyResultShape(*this, {shape[0], ShapedType::kDynamic, shape[2]});
}

} // namespace mase::ir
