// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ir/operator.h"

namespace mase::ir {

using namespace mlir;

RankedTensorType f32Tensor(MLIRContext *context, ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape, Float32Type::get(context));
}

RankedTensorType f32Like(Value tensor) {
  return f32Tensor(tensor.getContext(), cast<RankedTensorType>(tensor.getType()).getShape());
}

std::string shapeText(ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t size : shape) {
    text += text.empty() ? "" : "x";
    text += ShapedType::isDynamic(size) ? "?" : std::to_string(size);
  }
  return text;
}

LogicalResult verifyResultShape(Operation *op, ArrayRef<int64_t> expected) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (type.getShape() == expected)
    return success();
  return op->emitOpError("result has shape ")
         << shapeText(type.getShape()) << " (" << shapeText(expected) << " follows from the operands)";
}

} // namespace mase::ir
