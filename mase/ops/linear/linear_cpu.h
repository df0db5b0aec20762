// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of the linear layer: y = Q_input(x) Q_weight(W)^T + b in fp32.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

std::unique_ptr<Kernel> makeLinear(const OperatorDescription &);

} // namespace mase
