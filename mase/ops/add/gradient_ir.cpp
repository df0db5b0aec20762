// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ir/differentiable.h"
#include "mase/ops/add/add_ir.h"
#include "mase/ops/register_gradients.h"

namespace mase::ir {
namespace {

struct AddGradient : public Differentiable::ExternalModel<AddGradient, AddOp> {
  llvm::SmallVector<mlir::Value> buildGradient(mlir::Operation *op, mlir::OpBuilder &builder, mlir::Value by,
                                               llvm::ArrayRef<bool> wanted) const {
    return {wanted[0] ? by : mlir::Value(), wanted[1] ? by : mlir::Value()};
  }
};

} // namespace

void gradients::add(mlir::MLIRContext &context) { AddOp::attachInterface<AddGradient>(context); }

} // namespace mase::ir
