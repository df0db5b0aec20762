// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `token_type_embedding`: y[t] = x[t] + table[type of t], type 0 where the call has none. The table
/// is never quantised: reading a row computes nothing. Types outside the table are the caller's fault (Plan checks
/// them).
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeTokenTypeEmbedding(const OperatorDescription &);

} // namespace mase
