// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// From the IR to a graph: once a model, before any trial.
///
/// Walks the function in order and knows no operator by name but through the registry. Attributes pass to the kernel
/// under their ODS names; shapes come from the types; formats stay behind, as they are the assignment's.
#pragma once

#include "mase/ops/weight/weight_view.h"
#include "mase/runtime/graph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <functional>

namespace mase {

/// A weight by its tensor's name in the checkpoint and how it lies in it (vectors are one row); its values outlive the
/// graph.
using TensorSource = std::function<Constant(const std::string &name, const WeightView &view)>;

/// `maxRows` is the longest sequence to plan for.
/// Errors  InputError when the function holds an operator that cannot be executed, or as the source.
Graph lower(mlir::func::FuncOp function, int64_t maxRows, const TensorSource &tensor);

} // namespace mase
