// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `tanh`: the hyperbolic tangent of each element, within 4e-7 (mase/ops/kernel_values_test.cpp). Signs
/// of large arguments saturate to -1 and 1.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeTanh(const OperatorDescription &);

} // namespace mase
