// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/distillation/distillation_ir.h"

#include "mase/ops/register_dialect.h"

#include <cmath>

#define GET_OP_CLASSES
#include "mase/ops/distillation/distillation.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::distillation(MaseDialect &dialect) { dialect.addOperators<DistillationOp>(); }

void DistillationOp::build(OpBuilder &builder, OperationState &state, Value logits, Value teacher, double temperature) {
  int64_t tokens = cast<RankedTensorType>(logits.getType()).getDimSize(0);
  build(builder, state, f32Tensor(builder.getContext(), {tokens}), logits, teacher,
        builder.getF64FloatAttr(temperature));
}

LogicalResult DistillationOp::verify() {
  ArrayRef<int64_t> logits = getLogits().getType().getShape(), teacher = getTeacher().getType().getShape();
  if (logits != teacher)
    return emitOpError("has a teacher of ") << shapeText(teacher) << " for logits of " << shapeText(logits);
  double temperature = getTemperature().convertToDouble();
  if (!(temperature > 0) || !std::isfinite(temperature))
    return emitOpError("temperature is ") << temperature << " (a number above 0 is right)";
  return verifyResultShape(*this, {logits[0]});
}

} // namespace mase::ir
