// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ir/differentiable.h"
#include "mase/ops/merge_heads/merge_heads_ir.h"
#include "mase/ops/register_gradients.h"
#include "mase/ops/split_heads/split_heads_ir.h"

namespace mase::ir {
namespace {

struct MergeHeadsGradient : public Differentiable::ExternalModel<MergeHeadsGradient, MergeHeadsOp> {
  llvm::SmallVector<mlir::Value> buildGradient(mlir::Operation *op, mlir::OpBuilder &builder, mlir::Value by,
                                               llvm::ArrayRef<bool> wanted) const {
    const int64_t heads = mlir::cast<MergeHeadsOp>(op).getInput().getType().getDimSize(0);
    return {wanted[0] ? builder.create<SplitHeadsOp>(op->getLoc(), by, heads).getResult() : mlir::Value()};
  }
};

} // namespace

void gradients::merge_heads(mlir::MLIRContext &context) { MergeHeadsOp::attachInterface<MergeHeadsGradient>(context); }

} // namespace mase::ir
