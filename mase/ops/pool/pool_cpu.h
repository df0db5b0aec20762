// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `pool`: the first or the last row of the call's tokens. The first of a sequence is known when all
/// of it is run at once; the last is that of the tokens so far.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makePool(const OperatorDescription &);

/// Whether the operator's token is the first.
inline bool poolsFirst(const OperatorDescription &description) {
  return description.attribute<std::string>("token") == "first";
}

} // namespace mase
