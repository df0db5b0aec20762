// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/rope/rope_ir.h"

#include "mase/ops/register_dialect.h"

#include <cmath>

#define GET_OP_CLASSES
#include "mase/ops/rope/rope.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::rope(MaseDialect &dialect) { dialect.addOperators<RopeOp>(); }

void RopeOp::build(OpBuilder &builder, OperationState &state, Value input, const RopeAngles &angles) {
  const int64_t features = cast<RankedTensorType>(input.getType()).getDimSize(2);
  const bool isPart = angles.rotary > 0 && angles.rotary != features;
  DenseF64ArrayAttr llama3;
  if (angles.llama3)
    llama3 = builder.getDenseF64ArrayAttr({angles.llama3->low, angles.llama3->high, angles.llama3->positions});
  build(builder, state, f32Like(input), input, builder.getF64FloatAttr(angles.theta),
        isPart ? builder.getI64IntegerAttr(angles.rotary) : IntegerAttr(),
        angles.factor != 1 ? builder.getF64FloatAttr(angles.factor) : FloatAttr(), llama3, HwAttr());
}

namespace {
bool isAboveZero(double x) { return x > 0 && std::isfinite(x); }
} // namespace

LogicalResult RopeOp::verify() {
  if (int64_t features = getInput().getType().getDimSize(2); ShapedType::isDynamic(features) || features % 2 != 0)
    return emitOpError("heads have ") << shapeText(features) << " features (an even number is right)";
  double theta = getTheta().convertToDouble();
  if (!isAboveZero(theta))
    return emitOpError("theta is ") << theta << " (a number above 0 is right)";
  const auto rotary = static_cast<int64_t>(getRotary().value_or(2));
  if (rotary < 2 || rotary % 2 != 0 || rotary > getInput().getType().getDimSize(2))
    return emitOpError("turns ") << rotary << " features (an even number, at most the head's, is right)";
  if (getFactor() && !isAboveZero(getFactor()->convertToDouble()))
    return emitOpError("factor is ") << getFactor()->convertToDouble() << " (a number above 0 is right)";
  if (std::optional<ArrayRef<double>> l = getLlama3();
      l && (l->size() != 3 || !isAboveZero((*l)[0]) || !((*l)[1] > (*l)[0]) || !isAboveZero((*l)[1]) ||
            !isAboveZero((*l)[2])))
    return emitOpError("llama3 has not the numbers low, high and positions (0 < low < high, 0 < positions)");
  return success();
}

} // namespace mase::ir
