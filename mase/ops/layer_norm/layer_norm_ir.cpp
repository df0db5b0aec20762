// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/layer_norm/layer_norm_ir.h"

#include "mase/ops/register_dialect.h"

#include <cmath>

#define GET_OP_CLASSES
#include "mase/ops/layer_norm/layer_norm.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::layer_norm(MaseDialect &dialect) { dialect.addOperators<LayerNormOp>(); }

void LayerNormOp::build(OpBuilder &builder, OperationState &state, Value input, Value weight, Value bias,
                        double epsilon) {
  build(builder, state, f32Like(input), input, weight, bias, builder.getF64FloatAttr(epsilon), HwAttr());
}

LogicalResult LayerNormOp::verify() {
  int64_t features = getInput().getType().getDimSize(1);
  if (int64_t weights = getWeight().getType().getDimSize(0); weights != features)
    return emitOpError("weight has ") << shapeText(weights) << " elements for " << shapeText(features) << " features";
  if (int64_t biases = getBias().getType().getDimSize(0); biases != features)
    return emitOpError("bias has ") << shapeText(biases) << " elements for " << shapeText(features) << " features";
  double epsilon = getEpsilon().convertToDouble();
  if (!(epsilon >= 0) || !std::isfinite(epsilon))
    return emitOpError("epsilon is ") << epsilon << " (a number of at least 0 is right)";
  return success();
}

} // namespace mase::ir
