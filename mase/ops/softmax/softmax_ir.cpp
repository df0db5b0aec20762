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
        options.causal ? builder.getUnitAttr() : UnitAttr(),
        options.window > 0 ? builder.getI64IntegerAttr(options.window) : IntegerAttr(), HwAttr());
}

LogicalResult SoftmaxOp::verify() {
  double scale = getScale().convertToDouble();
  if (!(scale > 0) || !std::isfinite(scale))
    return emitOpError("scale is ") << scale << " (a number above 0 is right)";
  const auto window = static_cast<int64_t>(getWindow().value_or(1));
  if (window < 1 || (getWindow() && !getCausal()))
    return emitOpError("window is ") << window << (getCausal() ? "" : " without causal")
                                     << " (1 or more keys of a causal softmax)";
  return success();
}

} // namespace mase::ir
