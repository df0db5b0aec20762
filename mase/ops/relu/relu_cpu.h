// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `relu`: y = max(x, 0), element by element, exactly; a NaN stays one.
/// Source: Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeRelu(const OperatorDescription &);

} // namespace mase
