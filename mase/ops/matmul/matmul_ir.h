// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase.matmul`: matrix product of each head.
///
/// lhs: heads x m x k; rhs: groups x k x n, or groups x n x k with transpose_rhs; result: heads x m x n; heads is a
/// multiple of groups. The builder without a result type gives an f32 result.
/// Source  grouped-query attention: Ainslie et al., GQA, 2023
#pragma once

#include "mase/ir/operator.h"

namespace mase::ir {

struct MatmulOptions {
  bool transposeRhs = false, causal = false;
};

} // namespace mase::ir

#define GET_OP_CLASSES
#include "mase/ops/matmul/matmul.h.inc"
