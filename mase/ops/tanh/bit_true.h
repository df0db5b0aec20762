// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of `tanh`: a table of |tanh x|, bit for bit what the hardware computes (docs/operators.md, O8).
/// Rows run in parallel. Thread-safe. No MLIR.
/// Errors  InputError when a format is no edge's (edgeBits).
#pragma once

#include "mase/ops/gate.h"

namespace mase {

WideRows tanhBitTrue(const Format &format, const BlockIntegers &x);

/// The table over [0, 16].
TabulatedFunction tanhFunction();

} // namespace mase
