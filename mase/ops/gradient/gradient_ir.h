// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.gradient`: gradients of an operator's operands, by that of its result.
///
/// getOf() names the operator ("linear"), getInputs() are its operands, getOutput() its result or null, getBy() the
/// result's gradient; result i belongs to operand getWanted()[i]. GradientByKernel is the model of `Differentiable` for
/// operators whose gradient is such an operator, with a kernel of its own (mase/ops/gradient_kernel.h).
#pragma once

#include "mase/ir/differentiable.h"
#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/gradient/gradient.h.inc"

namespace mase::ir {

/// Whether a gradient reads the operator's result.
enum class ReadsResult { no, yes };

/// The gradient of `op` as a `mase.gradient`. `attributes` are the operator's own when it is null.
llvm::SmallVector<mlir::Value> buildGradientOp(mlir::Operation *op, mlir::OpBuilder &builder, mlir::Value by,
                                               llvm::ArrayRef<bool> wanted, ReadsResult readsResult,
                                               mlir::DictionaryAttr attributes = nullptr);

template <typename Op, ReadsResult readsResult = ReadsResult::no>
struct GradientByKernel : public Differentiable::ExternalModel<GradientByKernel<Op, readsResult>, Op> {
  llvm::SmallVector<mlir::Value> buildGradient(mlir::Operation *op, mlir::OpBuilder &builder, mlir::Value gradient,
                                               llvm::ArrayRef<bool> wanted) const {
    return buildGradientOp(op, builder, gradient, wanted, readsResult);
  }
};

/// Of a sum of an operand of the result's shape, operand 0, and rows of tables: the operand's gradient is the result's.
template <typename Op>
struct GradientOfAddedRows : public Differentiable::ExternalModel<GradientOfAddedRows<Op>, Op> {
  llvm::SmallVector<mlir::Value> buildGradient(mlir::Operation *op, mlir::OpBuilder &builder, mlir::Value gradient,
                                               llvm::ArrayRef<bool> wanted) const {
    llvm::SmallVector<bool> tables(wanted);
    tables[0] = false;
    llvm::SmallVector<mlir::Value> result = buildGradientOp(op, builder, gradient, tables, ReadsResult::no);
    result[0] = wanted[0] ? gradient : mlir::Value();
    return result;
  }
};

} // namespace mase::ir
