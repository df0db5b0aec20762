// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/sqnr.h"

#include "mase/support/random.h"

#include <cmath>
#include <numbers>

namespace mase {

double sqnr(const Format &format, ConstMatrixView x) {
  std::vector<float> y(static_cast<size_t>(x.rows * x.cols));
  const MatrixView quantized(y.data(), x.rows, x.cols);
  format.fakeQuantize(x, quantized);
  double signal = 0, noise = 0;
  for (int64_t r = 0; r < x.rows; ++r)
    for (int64_t c = 0; c < x.cols; ++c) {
      const double value = x.row(r)[c], error = value - quantized.row(r)[c];
      signal += value * value;
      noise += error * error;
    }
  return 10 * std::log10(signal / noise);
}

std::vector<float> gaussianSample(int64_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> x;
  for (int64_t i = 0; i < count; ++i) {
    const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
    x.push_back(static_cast<float>(radius * std::cos(2 * std::numbers::pi * random.uniform())));
  }
  return x;
}

std::vector<float> laplaceSample(int64_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> x;
  for (int64_t i = 0; i < count; ++i) {
    const double u = random.uniform() - 0.5;
    const double magnitude = -std::log(1 - 2 * std::fabs(u)) / std::numbers::sqrt2;
    x.push_back(static_cast<float>(u < 0 ? -magnitude : magnitude));
  }
  return x;
}

} // namespace mase
