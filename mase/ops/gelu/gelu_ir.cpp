// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gelu/gelu_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/gelu/gelu.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::gelu(MaseDialect &dialect) { dialect.addOperators<GeluOp>(); }

void GeluOp::build(OpBuilder &builder, OperationState &state, Value input, bool tanh) {
  build(builder, state, f32Like(input), input, tanh, HwAttr());
}

} // namespace mase::ir
