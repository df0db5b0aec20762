// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The operators of the dialect, registered together.
///
/// An operator's folder defines `operators::<name>`, which adds its C++ class to the dialect; mase/ops/CMakeLists.txt
/// lists the names. Whoever reads or builds IR calls registerDialect on the registry of its MLIRContext.
#pragma once

#include "mase/ir/dialect.h"

namespace mase::ir {

/// One function for each `mase_operator(<name>)`.
namespace operators {
#define MASE_OPERATOR(name) void name(MaseDialect &dialect);
#include "mase/ops/operators.inc"
#undef MASE_OPERATOR
} // namespace operators

/// The dialect with all its operators, and `func`, which holds functions.
void registerDialect(mlir::DialectRegistry &registry);

} // namespace mase::ir
