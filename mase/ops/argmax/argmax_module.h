// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The next token in hardware (docs/operators.md, O18; mase_argmax.sv): behind the last linear, whose sums are wide.
///
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/hardware_operator.h"

namespace mase {

/// sums  the linear's result
HardwareModule argmaxModule(const HardwarePort &sums);

} // namespace mase
