// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/softmax/softmax_ir.h"

#include "mase/ops/register_dialect.h"

#include <cmath>

#define GET_OP_CLASSES
#include "mase/ops/softmax/softmax.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::softmax(MaseDialect &dialect) { dialect.addOperators<SoftmaxOp>(); }

void SoftmaxOp::build(OpBuilder &builder, OperationState &state, Value input, SoftmaxOptions options) {
  build(builder, state, f32Like(input), input, builder.getF64FloatAttr(options.scale),
        options.causal ? builder.getUnitAttr() : UnitAttr(), HwAttr());
}

LogicalResult SoftmaxOp::verify() {
  double scale = getScale().convertToDouble();
  if (!(scale > 0) || !std::isfinite(scale))
    return emitOpError("scale is ") << scale << " (a number above 0 is right)";
  return success();
}

} // namespace mase::ir
