// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/linear_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/linear/linear.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::linear(MaseDialect &dialect) { dialect.addOperators<LinearOp>(); }

namespace {

SmallVector<int64_t> linearShape(Value input, Value weight) {
  return {cast<RankedTensorType>(input.getType()).getDimSize(0),
          cast<RankedTensorType>(weight.getType()).getDimSize(0)};
}

// What the hardware asks beyond the meaning.
LogicalResult verifyLinearHardware(LinearOp op) {
  const Format &input = formatOf(op.getInput());
  BlockShape block = input.block();
  if (block.rows < BlockShape::whole && block.rows != 1)
    return op.emitOpError("input block ")
           << block.rows << "x" << block.cols << " mixes " << block.rows
           << " tokens, so that a prompt fed token by token gives other bits (hardware takes blocks of one row)";
  if (input.scaleReach() == ScaleReach::tensor)
    return op.emitOpError("input format '")
           << input.name() << "' has one scale for all tokens, which is not known before the last one ('"
           << input.withRowScales().name() << "' has one a row)";
  ArrayRef<int64_t> tile = op.getHwAttr().getTile();
  if (tile.size() != 2)
    return op.emitOpError("hw tile has ") << tile.size() << " sizes (2 are right: [in features, out features])";
  if (op.inFeatures() % tile[0] != 0 || op.outFeatures() % tile[1] != 0)
    return op.emitOpError("hw tile ") << shapeText(tile) << " does not divide " << op.inFeatures() << " input by "
                                      << op.outFeatures() << " output features";
  return success();
}

} // namespace

void LinearOp::build(OpBuilder &builder, OperationState &state, Value input, Value weight, Value bias,
                     StringRef module) {
  build(builder, state, f32Tensor(builder.getContext(), linearShape(input, weight)), input, weight, bias,
        builder.getStringAttr(module), HwAttr());
}

LogicalResult LinearOp::verify() {
  if (getModule().empty())
    return emitOpError("module is empty (the layer's Hugging Face name is right)");
  if (!getWeight().getType().hasStaticShape())
    return emitOpError("weight has shape ") << shapeText(getWeight().getType().getShape()) << " (both sizes are known)";
  if (int64_t features = getInput().getType().getDimSize(1); features != inFeatures())
    return emitOpError("input has ") << shapeText(features) << " features, the weight takes " << inFeatures();
  if (getBias() && getBias().getType().getDimSize(0) != outFeatures())
    return emitOpError("bias has ") << getBias().getType().getDimSize(0) << " elements for " << outFeatures()
                                    << " output features";
  if (failed(verifyResultShape(*this, linearShape(getInput(), getWeight()))))
    return failure();
  return getHwAttr() ? verifyLinearHardware(*this) : success();
}

SmallVector<LinearOp> linears(Operation *function) {
  SmallVector<LinearOp> found;
  function->walk([&](LinearOp op) { found.push_back(op); });
  return found;
}

} // namespace mase::ir
