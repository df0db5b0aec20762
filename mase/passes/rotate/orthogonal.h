// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Orthogonal matrices that spread a vector's large numbers over all of it, as functions of a size and a seed.
///
/// Sizes m 2^k give the Kronecker product of a random orthogonal m x m and Sylvester's Hadamard matrix, with random
/// signs: all entries are alike when m is 1. Row-major fp32 of double precision's results.
#pragma once

#include <cstdint>
#include <vector>

namespace mase {

std::vector<float> orthogonal(int64_t size, uint64_t seed);

/// One that leaves the vector of equal numbers alone, so that it commutes with the centring of a LayerNorm.
std::vector<float> orthogonalKeepingMean(int64_t size, uint64_t seed);

} // namespace mase
