// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/weight/weight_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/weight/weight.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::weight(MaseDialect &dialect) { dialect.addOperators<WeightOp>(); }

WeightView viewOf(WeightOp weight) {
  WeightView view;
  view.shape = weight.getType().getShape().vec();
  view.stored = weight.getStored() ? weight.getStored()->vec() : view.shape;
  view.transposed = weight.getTransposed();
  if (const std::optional<ArrayRef<int64_t>> rows = weight.getRows())
    view.first = (*rows)[0], view.run = (*rows)[1], view.stride = (*rows)[2];
  if (weight.getTimes())
    view.times = weight.getTimes()->convertToDouble();
  if (weight.getPlus())
    view.plus = weight.getPlus()->convertToDouble();
  return view;
}

LogicalResult WeightOp::verify() {
  if (getName().empty())
    return emitOpError("name is empty (the tensor's name in the model's files is right)");
  if (!getType().hasStaticShape())
    return emitOpError("'") << getName() << "' has shape " << shapeText(getType().getShape())
                            << " (every size of a weight is known)";
  if (getRows() && getRows()->size() != 3)
    return emitOpError("rows are given by ") << getRows()->size() << " numbers (first, run and stride are right)";
  if (const std::string why = whyNotAView(viewOf(*this)); !why.empty())
    return emitOpError("'") << getName() << "' cannot hold it: " << why;
  return success();
}

} // namespace mase::ir
