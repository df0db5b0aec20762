// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient/gradient_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/gradient/gradient.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::gradient(MaseDialect &dialect) { dialect.addOperators<GradientOp>(); }

LogicalResult GradientOp::verify() {
  if (!RegisteredOperationName::lookup(("mase." + getOf()).str(), getContext()))
    return emitOpError("is of '") << getOf() << "', which is no operator of the dialect";
  if (getWanted().size() != getGradients().size())
    return emitOpError("has ") << getGradients().size() << " results for " << getWanted().size() << " operands wanted";
  int64_t before = -1;
  for (auto [operand, gradient] : llvm::zip_equal(getWanted(), getGradients())) {
    if (operand <= before || operand >= static_cast<int64_t>(getInputs().size()))
      return emitOpError("wants operand ") << operand << " (ascending, below " << getInputs().size() << ", is right)";
    before = operand;
    const auto of = cast<RankedTensorType>(getInputs()[static_cast<size_t>(operand)].getType());
    const auto type = cast<RankedTensorType>(gradient.getType());
    if (type.getShape() != of.getShape() || !type.getElementType().isF32())
      return emitOpError("gives a gradient of ")
             << type << " for operand " << operand << " (" << f32Tensor(getContext(), of.getShape()) << " is right)";
  }
  return success();
}

SmallVector<Value> buildGradientOp(Operation *op, OpBuilder &builder, Value by, ArrayRef<bool> wanted,
                                   ReadsResult readsResult, DictionaryAttr attributes) {
  SmallVector<int64_t> operands;
  SmallVector<Type> types;
  for (auto [i, operand] : llvm::enumerate(op->getOperands()))
    if (wanted[i]) {
      operands.push_back(static_cast<int64_t>(i));
      types.push_back(f32Like(operand));
    }
  SmallVector<Value> result(op->getNumOperands());
  if (operands.empty())
    return result;
  auto gradient = builder.create<GradientOp>(op->getLoc(), types, op->getName().stripDialect(), op->getOperands(),
                                             readsResult == ReadsResult::yes ? op->getResult(0) : Value(), by, operands,
                                             attributes ? attributes : op->getAttrDictionary());
  for (auto [operand, value] : llvm::zip_equal(operands, gradient.getGradients()))
    result[static_cast<size_t>(operand)] = value;
  return result;
}

} // namespace mase::ir
