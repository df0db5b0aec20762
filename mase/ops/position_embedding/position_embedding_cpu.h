// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `position_embedding`: y[t] = x[t] + table[position of t + offset]. The table is never quantised:
/// reading a row computes nothing.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
/// Errors  InputError when the table has no row for the last of the description's positions.
std::unique_ptr<Kernel> makePositionEmbedding(const OperatorDescription &);

} // namespace mase
