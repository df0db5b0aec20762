// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The gradient of rms_norm and layer_norm.
///
/// With n = (x - mean) f, f = 1 / sqrt(variance + epsilon) and g = dy gain: dx = f (g - mean(g) - n mean(g n)), where
/// rms_norm has no mean(g), and mean 0 in n; d gain = sum of dy n over rows, d offset = sum of dy. Sums over features
/// run in sixteen lanes whose order is fixed. Thread-safe on disjoint outputs.
#pragma once

#include "mase/ops/gradient_kernel.h"

namespace mase {

enum class NormKind { rootMeanSquare, meanAndVariance };

/// Constants of the description: gain, and of a layer_norm offset; attribute epsilon.
std::unique_ptr<GradientKernel> normGradient(const OperatorDescription &description, NormKind kind);

} // namespace mase
