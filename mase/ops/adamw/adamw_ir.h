// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.adamw`: changes a weight by its gradient.
///
/// weight and gradient have one shape; the weight is the result of a `mase.weight`. No result: what it changes is the
/// resource `TrainingState`, so that it is never dropped or moved across another.
/// Source  Loshchilov and Hutter, Decoupled weight decay regularization, 2019
#pragma once

#include "mase/ir/operator.h"

namespace mase::ir {

/// What adamw operators read and write: weights and their moments.
struct TrainingState : mlir::SideEffects::Resource::Base<TrainingState> {
  llvm::StringRef getName() override { return "TrainingState"; }
};

} // namespace mase::ir

#define GET_OP_CLASSES
#include "mase/ops/adamw/adamw.h.inc"
