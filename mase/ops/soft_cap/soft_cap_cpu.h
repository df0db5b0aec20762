// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `soft_cap`: cap * tanh(scale * x / cap), element by element, head by head.
///
/// Elements that a causal mask hides are computed too, whatever they hold: nobody reads them.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeSoftCap(const OperatorDescription &);

} // namespace mase
