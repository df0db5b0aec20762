// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Levels 1 and 2 of `layer_norm`: y = (x - mean) / sqrt(variance + epsilon) * weight + bias, a row at a time, the
/// variance over the features and not corrected. Two passes, so that a large mean costs no digits; sums run in fixed
/// order. Source: Ba et al., Layer Normalization, 2016.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// The kernel of one operator of the model: what operator.h says of shapes and threads holds.
std::unique_ptr<Kernel> makeLayerNorm(const OperatorDescription &);

} // namespace mase
