// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/mul/mul_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/mul/mul.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::mul(MaseDialect &dialect) { dialect.addOperators<MulOp>(); }

void MulOp::build(OpBuilder &builder, OperationState &state, Value lhs, Value rhs) {
  build(builder, state, f32Like(lhs), lhs, rhs, HwAttr());
}

} // namespace mase::ir
