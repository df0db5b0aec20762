// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/rms_norm/rms_norm_ir.h"

#include "mase/ops/register_dialect.h"

#include <cmath>

#define GET_OP_CLASSES
#include "mase/ops/rms_norm/rms_norm.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::rms_norm(MaseDialect &dialect) { dialect.addOperators<RmsNormOp>(); }

void RmsNormOp::build(OpBuilder &builder, OperationState &state, Value input, Value weight, double epsilon) {
  build(builder, state, f32Like(input), input, weight, builder.getF64FloatAttr(epsilon), HwAttr());
}

LogicalResult RmsNormOp::verify() {
  int64_t features = getInput().getType().getShape().back(), weights = getWeight().getType().getDimSize(0);
  if (features != weights)
    return emitOpError("weight has ") << shapeText(weights) << " elements for " << shapeText(features) << " features";
  double epsilon = getEpsilon().convertToDouble();
  if (!(epsilon >= 0) || !std::isfinite(epsilon))
    return emitOpError("epsilon is ") << epsilon << " (a number of at least 0 is right)";
  return success();
}

} // namespace mase::ir
