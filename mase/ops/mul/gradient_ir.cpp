// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ir/differentiable.h"
#include "mase/ops/mul/mul_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {
namespace {

struct MulGradient : public Differentiable::ExternalModel<MulGradient, MulOp> {
  llvm::SmallVector<mlir::Value> buildGradient(mlir::Operation *op, mlir::OpBuilder &builder, mlir::Value by,
                                               llvm::ArrayRef<bool> wanted) const {
    auto of = mlir::cast<MulOp>(op);
    const auto product = [&](bool isWanted, mlir::Value other) -> mlir::Value {
      return isWanted ? builder.create<MulOp>(op->getLoc(), by, other).getResult() : mlir::Value();
    };
    mlir::Value left = product(wanted[0], of.getRhs());
    return {left, product(wanted[1], of.getLhs())};
  }
};

} // namespace

void gradients::mul(mlir::MLIRContext &context) { MulOp::attachInterface<MulGradient>(context); }

} // namespace mase::ir
