// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `softmax`: p = softmax(scale * x) along each row; `causal`: over keys 0..position, zero beyond.
/// The maximum is subtracted first; sums run in an order that depends on the row's length alone.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeSoftmax(const OperatorDescription &);

} // namespace mase
