// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.linear`: y = x W^T + b, the operator whose operands have formats to choose.
///
/// input: tokens x in; weight: out x in; bias (may be null): out; result: tokens x out. getModule() is the Hugging Face
/// name, unique within a model. The builder without a result type gives an f32 result.
#pragma once

#include "mase/ir/operator.h"

#define GET_OP_CLASSES
#include "mase/ops/linear/linear.h.inc"

namespace mase::ir {

/// The linears of a function in execution order: linear i owns slots 2i (weight) and 2i + 1 (input) of an assignment.
llvm::SmallVector<LinearOp> linears(mlir::Operation *function);

} // namespace mase::ir
