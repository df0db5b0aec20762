// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/relu/relu_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/relu/relu.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::relu(MaseDialect &dialect) { dialect.addOperators<ReluOp>(); }

void ReluOp::build(OpBuilder &builder, OperationState &state, Value input) {
  build(builder, state, f32Like(input), input, HwAttr());
}

} // namespace mase::ir
