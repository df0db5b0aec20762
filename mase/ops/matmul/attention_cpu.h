// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Attention in one kernel: scores, their softmax and the mix of the values, a few rows of a head at a time.
///
/// Operands are the rotated queries, and all keys and all values so far. Scores stay in the second-level cache. Heads
/// that share keys share their packed copy; pieces of rows of all heads are shared out over the threads.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// Of matmul (by the keys, transposed), softmax, matmul (by the values). Null where the first does not transpose, the
/// last does, or not all have the same mask.
std::unique_ptr<Kernel> makeAttention(std::span<const OperatorDescription *const> descriptions);

} // namespace mase
