// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A model is a function named `main`; what holds for the whole of it is an attribute there.
///
/// `mase.max_positions`: the longest sequence the model was trained for, as a positive i64. The dialect verifies it.
#pragma once

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace mase::ir {

inline constexpr llvm::StringLiteral maxPositionsName = "mase.max_positions";

/// The longest sequence, or 0 when the function does not say.
int64_t maxPositions(mlir::func::FuncOp model);
void setMaxPositions(mlir::func::FuncOp model, int64_t positions);

/// The function `main` of a module, or null.
mlir::func::FuncOp modelFunction(mlir::ModuleOp module);

} // namespace mase::ir
