// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/random.h"

#include <gtest/gtest.h>

namespace mase {
namespace {

TEST(Random, IsAFunctionOfSeedAndStream) {
  Random a(7, 3), b(7, 3), other(7, 4);
  uint64_t first = a.bits();
  EXPECT_EQ(first, b.bits());
  EXPECT_NE(first, other.bits());
}

TEST(Random, UniformCoversTheUnitInterval) {
  Random random(1);
  double sum = 0, low = 1, high = 0;
  for (int i = 0; i < 10000; ++i) {
    double x = random.uniform();
    sum += x;
    low = std::min(low, x);
    high = std::max(high, x);
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.01);
  EXPECT_LT(low, 0.01);
  EXPECT_GT(high, 0.99);
  EXPECT_LT(high, 1.0);
}

TEST(Random, BelowStaysBelow) {
  Random random(2);
  bool seen[7] = {};
  for (int i = 0; i < 1000; ++i)
    seen[random.below(7)] = true;
  for (bool value : seen)
    EXPECT_TRUE(value);
}

} // namespace
} // namespace mase
