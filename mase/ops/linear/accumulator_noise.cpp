// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/accumulator_noise.h"

#include "mase/ops/linear/bit_true.h"

#include <cmath>
#include <vector>

namespace mase {

double AccumulatorNoise::sqnr() const { return noise == 0 ? INFINITY : 10 * std::log10(signal / noise); }

AccumulatorNoise accumulatorNoise(const LinearConfig &config, ConstMatrixView weight, ConstMatrixView input) {
  const LinearSums sums = LinearBitTrue(config, config.weight->integers(weight)).sums(config.input->integers(input));
  // Products of represented values are exact in fp64; their sum loses 300 dB below the largest, no less.
  std::vector<float> w(static_cast<size_t>(weight.rows * weight.cols)), x(static_cast<size_t>(input.rows * input.cols));
  config.weight->fakeQuantize(weight, {w.data(), weight.rows, weight.cols});
  config.input->fakeQuantize(input, {x.data(), input.rows, input.cols});
  AccumulatorNoise result;
  for (int64_t r = 0; r < input.rows; ++r)
    for (int64_t o = 0; o < weight.rows; ++o) {
      double exact = 0;
      for (int64_t i = 0; i < input.cols; ++i)
        exact += double{x[static_cast<size_t>(r * input.cols + i)]} * w[static_cast<size_t>(o * weight.cols + i)];
      const double sum = std::ldexp(static_cast<double>(sums.sum[static_cast<size_t>(r * sums.cols + o)]),
                                    sums.exponent[static_cast<size_t>(r)]);
      result.signal += exact * exact;
      result.noise += (sum - exact) * (sum - exact);
    }
  return result;
}

} // namespace mase
