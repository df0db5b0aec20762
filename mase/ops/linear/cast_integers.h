// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The cast of wide integers to integer elements in SIMD (docs/arithmetic.md, A9 and A10). Thread-safe.
#pragma once

#include <cstdint>

namespace mase {

/// The greatest magnitude of `count` sums, 0 if there are none.
uint64_t largestMagnitude(const int64_t *sum, int64_t count);

/// q = sum / 2^right to nearest, ties to even, saturated to [least, largest]. 1 <= right <= 62, |sum| < 2^62.
void castIntegers(const int64_t *sum, int64_t count, int right, int32_t least, int32_t largest, int32_t *q);

} // namespace mase
