// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How much signal a format leaves: the signal-to-quantisation-noise ratio, and the distributions on which formats are
/// compared.
#pragma once

#include "mase/formats/format.h"

#include <cstdint>
#include <vector>

namespace mase {

/// 10 log10(sum of x^2 / sum of (x - Q(x))^2) in dB; infinite when nothing is lost, NaN for a matrix of zeros.
double sqnr(const Format &format, ConstMatrixView x);

/// Standard normal numbers (Box and Muller).
std::vector<float> gaussianSample(int64_t count, uint64_t seed);
/// Laplace's distribution of variance 1: heavier tails, as activations have.
std::vector<float> laplaceSample(int64_t count, uint64_t seed);

} // namespace mase
