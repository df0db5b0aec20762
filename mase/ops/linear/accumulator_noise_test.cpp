// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/accumulator_noise.h"

#include "mase/formats/registry.h"
#include "mase/formats/sqnr.h"

#include <cmath>
#include <gtest/gtest.h>

namespace mase {
namespace {

/// Blocks of 32 spread over octaves: 2^-(3 block) of Gaussian numbers.
std::vector<float> spread(int64_t rows, int64_t cols, uint64_t seed) {
  std::vector<float> values = gaussianSample(rows * cols, seed);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = std::ldexp(values[i], -3 * (static_cast<int>(i) % static_cast<int>(cols) / 32));
  return values;
}

double measured(const char *format, int guardBits) {
  LinearConfig config;
  config.inFeatures = 128, config.outFeatures = 32, config.guardBits = guardBits;
  config.input = config.weight = config.output = &parseFormat(format);
  const std::vector<float> weight = spread(32, 128, 1), input = spread(8, 128, 2);
  return accumulatorNoise(config, {weight.data(), 32, 128}, {input.data(), 8, 128}).sqnr();
}

TEST(AccumulatorNoise, AGuardBitIsSixDecibels) {
  const double four = measured("mxint4", 4), eight = measured("mxint4", 8);
  EXPECT_GT(four, 20);
  EXPECT_NEAR(eight - four, 4 * 6.02, 6);
  EXPECT_GT(measured("mxint4", 16), eight + 40);
}

TEST(AccumulatorNoise, WithoutShiftsNothingIsLost) {
  LinearConfig config;
  config.inFeatures = 32, config.outFeatures = 2;
  config.input = config.weight = config.output = &parseFormat("mxint8");
  std::vector<float> ones(64, 1.0F);
  AccumulatorNoise noise = accumulatorNoise(config, {ones.data(), 2, 32}, {ones.data(), 2, 32});
  EXPECT_EQ(noise.noise, 0);
  EXPECT_NEAR(noise.signal, 4 * 32.0 * 32.0, 1e-9);
  EXPECT_TRUE(std::isinf(noise.sqnr()));
}

} // namespace
} // namespace mase
