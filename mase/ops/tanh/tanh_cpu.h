// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `tanh`: the hyperbolic tangent of each element, within 4e-7.
///
/// Large arguments give exactly -1 and 1. Source  Highway's math library
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeTanh(const OperatorDescription &);

} // namespace mase
