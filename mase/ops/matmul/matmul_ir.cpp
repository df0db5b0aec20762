// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/matmul/matmul_ir.h"

#include "mase/ops/register_dialect.h"

#define GET_OP_CLASSES
#include "mase/ops/matmul/matmul.cpp.inc"

namespace mase::ir {

using namespace mlir;

void operators::matmul(MaseDialect &dialect) { dialect.addOperators<MatmulOp>(); }

namespace {
ArrayRef<int64_t> shapeOf(Value tensor) { return cast<RankedTensorType>(tensor.getType()).getShape(); }

SmallVector<int64_t> matmulShape(Value lhs, Value rhs, bool transposed) {
  return {shapeOf(lhs)[0], shapeOf(lhs)[1], shapeOf(rhs)[transposed ? 1 : 2]};
}
} // namespace

void MatmulOp::build(OpBuilder &builder, OperationState &state, Value lhs, Value rhs, MatmulOptions options) {
  build(builder, state, f32Tensor(builder.getContext(), matmulShape(lhs, rhs, options.transposeRhs)), lhs, rhs,
        options.transposeRhs, options.causal, HwAttr());
}

LogicalResult MatmulOp::verify() {
  ArrayRef<int64_t> lhs = shapeOf(getLhs()), rhs = shapeOf(getRhs());
  if (rhs[0] <= 0 || lhs[0] <= 0 || lhs[0] % rhs[0] != 0)
    return emitOpError("lhs has ") << shapeText(lhs[0]) << " heads, which is no multiple of rhs's "
                                   << shapeText(rhs[0]);
  int64_t terms = rhs[getTransposeRhs() ? 2 : 1];
  if (lhs[2] != terms)
    return emitOpError("sums over ") << shapeText(lhs[2]) << " elements of lhs, but " << shapeText(terms) << " of rhs";
  return verifyResultShape(*this, matmulShape(getLhs(), getRhs(), getTransposeRhs()));
}

} // namespace mase::ir
