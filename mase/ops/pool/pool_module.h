// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Pooling in hardware (docs/operators.md, O19): the rows of other tokens are dropped (mase_row_filter.sv), so what is
/// behind works on a row a sequence.
///
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/hardware_operator.h"

namespace mase {

HardwareModule poolModule(const HardwareRequest &request);

} // namespace mase
