// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/add/add_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/add/add.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::add(MaseDialect &dialect) { dialect.addOperators<AddOp>(); }

void AddOp::build(OpBuilder &builder, OperationState &state, Value lhs, Value rhs) {
  build(builder, state, f32Like(lhs), lhs, rhs, HwAttr());
}

} // namespace mase::ir
