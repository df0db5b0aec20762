// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `matmul`: C = A B, or A B^T with `transpose_rhs`, for each head in fp32.
/// A may have more heads than B: consecutive groups of them share one head of B (grouped-query attention).
/// `causal`: row i of token position p meets only keys 0..p; other elements of a score are left unwritten.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

std::unique_ptr<Kernel> makeMatmul(const OperatorDescription &);

} // namespace mase
