// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `silu`: y = x / (1 + exp(-x)), element by element.
/// Source: Elfwing et al., Sigmoid-weighted linear units, 2017.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeSilu(const OperatorDescription &);

} // namespace mase
