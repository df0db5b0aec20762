// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `add`: the element-wise sum of two values of one shape.
/// Nothing is rounded but the sum itself; operands may be the same value.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeAdd(const OperatorDescription &);

} // namespace mase
