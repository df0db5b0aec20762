// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/sqnr.h"

#include "mase/formats/registry.h"

#include <cmath>
#include <gtest/gtest.h>

namespace mase {
namespace {

constexpr int64_t count = 1 << 16;

double variance(const std::vector<float> &x) {
  double sum = 0;
  for (float value : x)
    sum += static_cast<double>(value) * value / static_cast<double>(x.size());
  return sum;
}

TEST(Sqnr, SamplesHaveUnitVarianceAndTheirTails) {
  const std::vector<float> gauss = gaussianSample(count, 1), laplace = laplaceSample(count, 1);
  EXPECT_NEAR(variance(gauss), 1, 0.02);
  EXPECT_NEAR(variance(laplace), 1, 0.03);
  double fourth = 0, heavier = 0;
  for (size_t i = 0; i < gauss.size(); ++i) {
    fourth += std::pow(gauss[i], 4) / count;
    heavier += std::pow(laplace[i], 4) / count;
  }
  EXPECT_NEAR(fourth, 3, 0.2); // kurtosis
  EXPECT_NEAR(heavier, 6, 0.8);
}

TEST(Sqnr, IsThatOfTheKnownError) {
  const std::vector<float> x = {1, 1, 0.5F, 0.25F};
  const Format &exact = parseFormat("mxint4");
  EXPECT_TRUE(std::isinf(sqnr(exact, {x.data(), 1, 4})));
  const std::vector<float> y = {1, 0.125F}; // 0.125 is a tie between 0 and 0.25: 0
  EXPECT_NEAR(sqnr(exact, {y.data(), 1, 2}), 10 * std::log10((1 + 0.015625) / 0.015625), 1e-9);
}

TEST(Sqnr, ABitIsSixDecibels) {
  const std::vector<float> x = gaussianSample(count, 2);
  const ConstMatrixView view(x.data(), count / 1024, 1024);
  for (int bits = 4; bits < 8; ++bits)
    EXPECT_NEAR(sqnr(parseFormat("mxint" + std::to_string(bits + 1)), view) -
                    sqnr(parseFormat("mxint" + std::to_string(bits)), view),
                6.02, 0.25);
}

} // namespace
} // namespace mase
