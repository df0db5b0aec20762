// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `kv_cache`: appends the chunk's rows to what the sequence has; the result is all rows so far.
/// On a fresh sequence it is the identity. The result's memory belongs to the sequence.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeKvCache(const OperatorDescription &);

} // namespace mase
