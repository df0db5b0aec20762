// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `embedding`: row ids[t] of the table, one a token. Ids outside the table are the caller's fault
/// (Plan checks them). The table is never quantised: reading a row computes nothing.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeEmbedding(const OperatorDescription &);

} // namespace mase
