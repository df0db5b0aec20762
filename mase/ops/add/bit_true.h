// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of `add`: the integers that the hardware computes, bit for bit (docs/operators.md, O6).
///
/// Also what adds learned positions to embeddings. Rows run in parallel. Thread-safe. No MLIR.
#pragma once

#include "mase/ops/wide_rows.h"

namespace mase {

/// x, y  of the same shape, in the formats of their edges
/// Errors  InputError when a format is no edge's (edgeBits).
WideRows addBitTrue(const Format &xFormat, const BlockIntegers &x, const Format &yFormat, const BlockIntegers &y);

} // namespace mase
