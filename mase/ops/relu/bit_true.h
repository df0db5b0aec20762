// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of `relu`: exact, bit for bit what the hardware computes (docs/operators.md, O8).
/// Rows run in parallel. Thread-safe. No MLIR.
/// Errors  InputError when a format is no edge's (edgeBits).
#pragma once

#include "mase/ops/wide_rows.h"

namespace mase {

WideRows reluBitTrue(const Format &format, const BlockIntegers &x);

} // namespace mase
