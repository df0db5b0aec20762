// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of `silu`: x times a table of 1 / (1 + exp(-x)), bit for bit what the hardware computes
/// (docs/operators.md, O8). Rows run in parallel. Thread-safe. No MLIR.
/// Errors  InputError when a format is no edge's (edgeBits).
#pragma once

#include "mase/ops/gate.h"

namespace mase {

WideRows siluBitTrue(const Format &format, const BlockIntegers &x);

/// g of O8.
TabulatedFunction siluGate();

} // namespace mase
