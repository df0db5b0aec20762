// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// From the IR of a training step (gradient_pass.h) to the graph that the executor takes: once a training.
///
/// As lower.h does it for models: operators are known through the registries alone, formats come from the types of the
/// operands. Values that depend on weights and their gradients only run once a step, behind all sequences.
#pragma once

#include "mase/runtime/lower.h"
#include "mase/runtime/training/training_graph.h"

namespace mase {

/// `maxRows` is the longest sequence to plan for; the memory that `tensor` gives is what training changes: the same for
/// the same tensor, and for as long as the graph.
/// Errors  InputError when the function holds an operator that cannot be executed, or as the source.
TrainingGraph lowerTraining(mlir::func::FuncOp function, int64_t maxRows, const TensorSource &tensor);

} // namespace mase
