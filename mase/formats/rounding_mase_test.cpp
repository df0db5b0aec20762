// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rounding `mase` by what is known of the published quantisers, where their outputs are not at hand
// (rounding_mase_outputs_test.cpp compares with those).

#include "mase/formats/registry.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace mase {
namespace {

std::vector<float> quantized(const char *format, std::vector<float> x) {
  x.resize(32);
  parseFormat(format).fakeQuantize({x.data(), 1, 32}, {x.data(), 1, 32});
  return x;
}

TEST(Mase, HasTheFaultsThatAreKnown) {
  EXPECT_EQ(quantized("mxint4@mase", {1.0F})[0], 0.875F) << "a power of two saturates";
  EXPECT_EQ(quantized("mxint4@mase", {1.9F, 1e-8F})[1], 1e-8F) << "tiny values pass";
  EXPECT_EQ(quantized("mxint4@mase", {3.0F, std::numeric_limits<float>::infinity()})[1], 0.0F);
  EXPECT_TRUE(std::isnan(quantized("mxint4@mase", {std::numeric_limits<float>::max()})[31]));
  EXPECT_EQ(quantized("mxint4@mase-mxint", {-1.99F})[0], -2.0F) << "the most negative code";
  EXPECT_TRUE(std::isnan(quantized("mxint4@mase-mxint", {std::numeric_limits<float>::infinity()})[1]));
  EXPECT_EQ(quantized("bmf<4,3>@mase", {0.05F})[0], 0.0F) << "the bias has the wrong sign";
  EXPECT_TRUE(std::isnan(quantized("bmf<4,3>@mase", {std::numeric_limits<float>::quiet_NaN()})[1]));
  EXPECT_EQ(quantized("bl4@mase", {1.42F})[0], 2.0F) << "logarithms are rounded";
  EXPECT_TRUE(std::isnan(quantized("bl4@mase", {std::numeric_limits<float>::infinity()})[1]));
  EXPECT_FALSE(parseFormat("mxint4@mase").hasIntegers());
}

} // namespace
} // namespace mase
