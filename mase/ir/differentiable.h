// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The interface `Differentiable`: what makes the IR trainable.
///
/// An operator's folder attaches its model in gradient_ir.cpp; the pass --mase-gradient (mase/runtime/training/) asks
/// each operator for its gradient and knows none of them. docs/training.md has the reasons.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include "mase/ir/differentiable.h.inc"
