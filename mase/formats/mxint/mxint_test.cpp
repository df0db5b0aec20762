// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/mxint/mxint.h"

#include "mase/support/error.h"
#include "mase/support/random.h"

#include <bit>
#include <cmath>
#include <gmock/gmock.h>
#include <hwy/targets.h>
#include <limits>

namespace mase {
namespace {

std::vector<uint32_t> bitsOf(const std::vector<float> &x) {
  std::vector<uint32_t> bits;
  for (float value : x)
    bits.push_back(std::bit_cast<uint32_t>(value));
  return bits;
}

std::vector<float> row(std::initializer_list<float> head) {
  std::vector<float> x(head);
  x.resize(32);
  return x;
}

std::vector<float> quantize(int bits, std::vector<float> x) {
  const auto cols = static_cast<int64_t>(x.size());
  mxintFakeQuantize1x32(bits, {x.data(), 1, cols}, {x.data(), 1, cols});
  return x;
}

TEST(MxInt, TheStepFollowsTheLargestElement) { // F2
  EXPECT_EQ(quantize(4, row({1.0F, 0.3F, -0.6F})), row({1.0F, 0.25F, -0.5F}));
  // 1.99 belongs to exponent 0: its step is 0.25 and it saturates at 7 steps.
  EXPECT_EQ(quantize(4, row({1.99F, 0.3F})), row({1.75F, 0.25F}));
}

TEST(MxInt, TiesGoToEven) { // F3
  EXPECT_EQ(quantize(4, row({1.0F, 0.125F, 0.375F, -0.625F})), row({1.0F, 0.0F, 0.5F, -0.5F}));
}

TEST(MxInt, TwoBitsAreMinusOneZeroAndOne) {
  EXPECT_EQ(quantize(2, row({-1.5F, 0.4F, 0.7F})), row({-1.0F, 0.0F, 1.0F}));
}

TEST(MxInt, ANotANumberSpoilsItsBlockOnly) { // F5
  std::vector<float> x(64, 1.0F);
  x[40] = std::numeric_limits<float>::infinity();
  std::vector<float> y = quantize(8, x);
  EXPECT_EQ(y[0], 1.0F);
  for (size_t i = 32; i < 64; ++i)
    EXPECT_TRUE(std::isnan(y[i]));
}

TEST(MxInt, IntegersNeedFiniteValues) {
  std::vector<float> x(32, 1.0F);
  x[3] = std::numeric_limits<float>::quiet_NaN();
  try {
    parseFormat("mxint4").integers(ConstMatrixView(x.data(), 1, 32));
    FAIL() << "no error";
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("element (0, 3) is not finite (an integer view needs finite values)"));
  }
}

// Every instruction set that this machine has, against the plain reference, over all exponents.
TEST(MxInt, TheKernelEqualsTheReferenceInEveryBit) {
  Random random(3);
  std::vector<float> x;
  for (int exponent = -149; exponent <= 127; ++exponent)
    for (int i = 0; i < 32; ++i)
      x.push_back(static_cast<float>(std::ldexp(random.uniform() * 2 - 1, exponent)));
  for (int i = 0; i < 32 * 500; ++i)
    x.push_back(static_cast<float>(std::ldexp(random.uniform() * 2 - 1, static_cast<int>(random.below(8)))));
  x.resize(x.size() + 13, 0.7F); // a block cut by the edge
  const auto cols = static_cast<int64_t>(x.size());
  for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    for (int bits = MxInt::minBits; bits <= MxInt::maxBits; ++bits) {
      std::vector<float> expected(x.size());
      mxintFakeQuantizeReference(bits, BlockShape{}, {x.data(), 1, cols}, {expected.data(), 1, cols});
      EXPECT_EQ(bitsOf(quantize(bits, x)), bitsOf(expected)) << bits << " bits, " << hwy::TargetName(target);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

// A matrix too large for the caches goes past them when it is not quantised in place.
TEST(MxInt, LargeMatricesAreQuantisedAlike) {
  const int64_t rows = 1025, cols = 8192 + 5;
  std::vector<float> x(static_cast<size_t>(rows * cols));
  Random random(4);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = i < 100000 ? static_cast<float>(random.uniform() * 2 - 1) : x[i - 99991];
  std::vector<float> expected(x), y(x.size());
  mxintFakeQuantize1x32(5, {expected.data(), rows, cols}, {expected.data(), rows, cols});
  for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    // As cols is odd, every alignment of a row occurs.
    mxintFakeQuantize1x32(5, {x.data(), rows, cols}, {y.data(), rows, cols});
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), y.begin())) << hwy::TargetName(target);
  }
  hwy::SetSupportedTargetsForTest(0);
}

} // namespace
} // namespace mase
