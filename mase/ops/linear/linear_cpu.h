// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of the linear layer: y = Q_input(x) Q_weight(W)^T + b in fp32.
/// A quantised weight is kept once for each format that prepare() saw; the input is quantised in each run.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeLinear(const OperatorDescription &);

} // namespace mase
