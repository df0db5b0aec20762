// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Between a model's IR and its slots: which tensors have a format to choose, and which format they have.
///
/// Slots are numbered as assignment.h says: linear i of the function, in execution order, owns slot 2i (weight) and
/// 2i + 1 (input). In the IR a slot's format is the element type of that operand: f32 (or a file's bf16) is fp32,
/// anything else comes from a `mase.cast` or a weight stored in that format. A model file is thus its own assignment.
#pragma once

#include "mase/runtime/assignment.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mase {

/// The slots of a model. Errors: InputError when two linears have the same module.
std::vector<Slot> slotsOf(mlir::func::FuncOp model);

/// What the types say.
FormatAssignment assignmentOf(mlir::func::FuncOp model);

/// Writes `assignment` (one entry a slot) into the types: inserts a cast in front of each operand whose source is of
/// another format, one for each (value, format), shared by its readers and placed right behind the value. Casts that
/// stood in front of these operands before are dropped when nobody else reads them, so that the result depends on
/// the assignment alone. assignmentOf gives the same assignment back.
void applyAssignment(mlir::func::FuncOp model, const FormatAssignment &assignment);

} // namespace mase
