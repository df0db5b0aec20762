// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What every operator's header needs: the dialect, its types and attributes, and MLIR's op machinery.
///
/// An operator is mase/ops/<name>/<name>.td (definition), <name>_ir.h (its C++ class, generated) and <name>_ir.cpp
/// (verifier and builders), announced by `mase_operator(<name>)` in mase/ops/CMakeLists.txt.
#pragma once

#include "mase/ir/attributes.h"
#include "mase/ir/types.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mase::ir {

/// The f32 tensor of that shape: what an operator's builder gives back before formats are assigned.
mlir::RankedTensorType f32Tensor(mlir::MLIRContext *context, llvm::ArrayRef<int64_t> shape);
/// The f32 tensor of the shape of `tensor`.
mlir::RankedTensorType f32Like(mlir::Value tensor);

/// "?x128".
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// An error unless the one result of `op` has that shape; its element type is free.
llvm::LogicalResult verifyResultShape(mlir::Operation *op, llvm::ArrayRef<int64_t> expected);

} // namespace mase::ir
