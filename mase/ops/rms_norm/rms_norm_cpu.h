// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `rms_norm`: y = x / sqrt(mean(x^2) + epsilon) * weight, a row at a time.
/// Source: Zhang and Sennrich, Root mean square layer normalization, 2019. Sums run in fixed order.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeRmsNorm(const OperatorDescription &);

} // namespace mase
