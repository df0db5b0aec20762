// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/mxint/mxint.h"

#include "mase/support/error.h"

#include <cmath>
#include <gmock/gmock.h>
#include <limits>

namespace mase {
namespace {

std::vector<float> row(std::initializer_list<float> head) {
  std::vector<float> x(head);
  x.resize(32);
  return x;
}

std::vector<float> quantize(int bits, std::vector<float> x) {
  const auto cols = static_cast<int64_t>(x.size());
  const MatrixView view(x.data(), 1, cols);
  parseFormat(fmt::format("mxint{}", bits)).fakeQuantize(view, view);
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

} // namespace
} // namespace mase
