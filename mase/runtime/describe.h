// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the executor takes from an operator of the IR: attributes under their ODS names, shapes out of types.
///
/// Shared by the lowering of models (lower.h) and that of training steps (training/lower_training.h).
#pragma once

#include "mase/ops/operator.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Value.h"

namespace mase {

/// Copies the attributes that a kernel may ask for; others (tiles, types) are not its business.
void copyAttributes(mlir::ArrayRef<mlir::NamedAttribute> attributes, OperatorDescription &description);

/// Of a value of rank 2 or 3.
ValueShape shapeOf(mlir::Value value);

} // namespace mase
