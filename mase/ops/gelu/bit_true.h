// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of `gelu`: x times a table of the normal distribution function, bit for bit what the hardware computes
/// (docs/operators.md, O8). Rows run in parallel. Thread-safe. No MLIR.
/// Errors  InputError when a format is no edge's (edgeBits).
#pragma once

#include "mase/ops/gate.h"

namespace mase {

/// The exact form, by erf: what the operator `gelu` is by itself.
WideRows geluBitTrue(const Format &format, const BlockIntegers &x);
/// The approximation by tanh, which Hugging Face calls "gelu_new": the operator with its attribute `tanh`.
WideRows geluTanhBitTrue(const Format &format, const BlockIntegers &x);

/// g of O8 of both.
TabulatedFunction geluGate();
TabulatedFunction geluTanhGate();

} // namespace mase
