// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/tanh/tanh_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/tanh/tanh.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::tanh(MaseDialect &dialect) { dialect.addOperators<TanhOp>(); }

void TanhOp::build(OpBuilder &builder, OperationState &state, Value input) {
  build(builder, state, f32Like(input), input, HwAttr());
}

} // namespace mase::ir
