// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `gelu`: y = x * (1 + erf(x / sqrt(2))) / 2, element by element, within 1e-7 |x| of the exact
/// value. Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016; erf by Abramowitz and Stegun, Handbook of
/// Mathematical Functions, 1964, 7.1.26.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeGelu(const OperatorDescription &);

} // namespace mase
