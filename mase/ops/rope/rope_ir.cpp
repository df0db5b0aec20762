// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/rope/rope_ir.h"

#include "mase/ops/register_dialect.h"

#include <cmath>

#define GET_OP_CLASSES
#include "mase/ops/rope/rope.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::rope(MaseDialect &dialect) { dialect.addOperators<RopeOp>(); }

void RopeOp::build(OpBuilder &builder, OperationState &state, Value input, double theta) {
  build(builder, state, f32Like(input), input, builder.getF64FloatAttr(theta), HwAttr());
}

LogicalResult RopeOp::verify() {
  if (int64_t features = getInput().getType().getDimSize(2); ShapedType::isDynamic(features) || features % 2 != 0)
    return emitOpError("heads have ") << shapeText(features) << " features (an even number is right)";
  double theta = getTheta().convertToDouble();
  if (!(theta > 0) || !std::isfinite(theta))
    return emitOpError("theta is ") << theta << " (a number above 0 is right)";
  return success();
}

} // namespace mase::ir
