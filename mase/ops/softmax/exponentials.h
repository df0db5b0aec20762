// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The exponentials of a row of scores in SIMD integers (docs/operators.md, O15). Thread-safe.
#pragma once

#include "mase/ops/function_table.h"

#include <cstdint>

namespace mase {

/// Powers of two of (greatest - score) * kappa / 2^shift, in units of 2^-16.
struct ExponentialStep {
  const FunctionTable *power = nullptr; // of 16 bits of argument and 15 of result
  int64_t kappa = 0;                    // below 2^16
  int64_t shift = 0;
};

/// share[i] for `keys` scores, of which there is at least one; |score| < 2^23.
void exponentials(const ExponentialStep &step, const int32_t *score, int64_t keys, int32_t *share);

/// The same one by one: the definition.
int32_t exponential(const ExponentialStep &step, int64_t distance);

} // namespace mase
