// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The gradients of the operators, registered together: models of `Differentiable` (mase/ir/differentiable.h).
///
/// An operator's folder defines `gradients::<name>` in gradient_ir.cpp, which attaches its model;
/// mase/ops/CMakeLists.txt lists the names. Whoever differentiates IR calls registerGradients on its context's
/// registry, beside registerDialect.
#pragma once

#include "mase/ir/dialect.h"

namespace mase::ir {

/// One function for each `mase_gradient(<name>)`.
namespace gradients {
#define MASE_GRADIENT(name) void name(mlir::MLIRContext &context);
#include "mase/ops/gradients.inc"
#undef MASE_GRADIENT
} // namespace gradients

void registerGradients(mlir::DialectRegistry &registry);

} // namespace mase::ir
