// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// From a model to its training step, in the IR: the pass --mase-gradient.
///
/// The function gets behind its own arguments `targets` (an id a row of the logits), `weights` (of each row in the
/// loss) and, with distillation, `teacher` (its logits) and `teacher weights`. It computes what it computed, the loss
/// of each row, the gradient of the weighted sum of losses by each weight, and a change of each weight, and returns the
/// losses. Operators build their gradients themselves (`Differentiable`); this file knows none of them.
#pragma once

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

#include <optional>

namespace mase {

struct GradientOptions {
  /// With one, the divergence from a teacher is a second loss, and the teacher's logits are an argument.
  std::optional<double> distillation;
};

/// Rewrites the function; its context has registerGradients. Errors  are emitted on the operator: one without a
/// gradient, a function whose result is no matrix of logits.
llvm::LogicalResult buildTrainingStep(mlir::func::FuncOp model, const GradientOptions &options);

void registerGradientPass();

} // namespace mase
