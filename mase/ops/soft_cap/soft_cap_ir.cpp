// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/soft_cap/soft_cap_ir.h"

#include "mase/ops/register_dialect.h"

#include <cmath>

#define GET_OP_CLASSES
#include "mase/ops/soft_cap/soft_cap.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::soft_cap(MaseDialect &dialect) { dialect.addOperators<SoftCapOp>(); }

void SoftCapOp::build(OpBuilder &builder, OperationState &state, Value input, double scale, double cap) {
  build(builder, state, f32Like(input), input, builder.getF64FloatAttr(scale), builder.getF64FloatAttr(cap), HwAttr());
}

LogicalResult SoftCapOp::verify() {
  const double scale = getScale().convertToDouble(), cap = getCap().convertToDouble();
  if (!(scale > 0 && cap > 0) || !std::isfinite(scale) || !std::isfinite(cap))
    return emitOpError("scale is ") << scale << " and cap " << cap << " (numbers above 0 are right)";
  return success();
}

} // namespace mase::ir
