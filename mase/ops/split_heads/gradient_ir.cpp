// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ir/differentiable.h"
#include "mase/ops/merge_heads/merge_heads_ir.h"
#include "mase/ops/register_gradients.h"
#include "mase/ops/split_heads/split_heads_ir.h"

namespace mase::ir {
namespace {

struct SplitHeadsGradient : public Differentiable::ExternalModel<SplitHeadsGradient, SplitHeadsOp> {
  llvm::SmallVector<mlir::Value> buildGradient(mlir::Operation *op, mlir::OpBuilder &builder, mlir::Value by,
                                               llvm::ArrayRef<bool> wanted) const {
    return {wanted[0] ? builder.create<MergeHeadsOp>(op->getLoc(), by).getResult() : mlir::Value()};
  }
};

} // namespace

void gradients::split_heads(mlir::MLIRContext &context) { SplitHeadsOp::attachInterface<SplitHeadsGradient>(context); }

} // namespace mase::ir
