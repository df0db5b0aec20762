// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/adamw/adamw_ir.h"

#include "mase/ops/register_dialect.h"
#include "mase/ops/weight/weight_ir.h"

#define GET_OP_CLASSES
#include "mase/ops/adamw/adamw.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::adamw(MaseDialect &dialect) { dialect.addOperators<AdamWOp>(); }

LogicalResult AdamWOp::verify() {
  if (!getWeight().getDefiningOp<WeightOp>())
    return emitOpError("changes a value that is no weight (a result of mase.weight is right)");
  ArrayRef<int64_t> weight = cast<RankedTensorType>(getWeight().getType()).getShape(),
                    gradient = cast<RankedTensorType>(getGradient().getType()).getShape();
  if (weight != gradient)
    return emitOpError("has a gradient of ") << shapeText(gradient) << " for a weight of " << shapeText(weight);
  return success();
}

} // namespace mase::ir
