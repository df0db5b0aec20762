// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Exponentials over rows of logits: what losses and their gradients share. Vectorised; thread-safe.
///
/// The sum of a row runs in lanes whose number is fixed, so that results do not depend on threads.
#pragma once

#include <cstdint>

namespace mase {

/// y[i] = exp((x[i] - max x) * factor) for i < count; `largest` is max x, the result the sum of y. `y` may be `x`.
float rowExponentials(const float *x, float factor, int64_t count, float *y, float &largest);

} // namespace mase
