// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/weight/weight_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/weight/weight.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::weight(MaseDialect &dialect) { dialect.addOperators<WeightOp>(); }

LogicalResult WeightOp::verify() {
  if (getName().empty())
    return emitOpError("name is empty (the tensor's name in the model's files is right)");
  if (!getType().hasStaticShape())
    return emitOpError("'") << getName() << "' has shape " << shapeText(getType().getShape())
                            << " (every size of a weight is known)";
  return success();
}

} // namespace mase::ir
