// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One suite over every registered format: a new family is tested by naming its examples in its own folder.

#include "mase/formats/registry.h"
#include "mase/support/random.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace mase {
namespace {

std::vector<std::string> allExamples() {
  std::vector<std::string> names;
  for (const FormatFamily &family : formatFamilies())
    for (std::string &name : family.examples())
      names.push_back(std::move(name));
  return names;
}

constexpr int64_t rows = 37, cols = 77; // neither divides a block

// Values over many octaves, some zeros, some ties.
std::vector<float> sample(uint64_t seed) {
  Random random(seed);
  std::vector<float> x(rows * cols);
  for (float &value : x) {
    const double magnitude = std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(24)) - 12);
    value = random.below(16) == 0 ? 0.0F : static_cast<float>(magnitude);
    if (random.below(8) == 0)
      value = std::ldexp(std::nearbyint(value * 8) + 0.5F, -3);
  }
  return x;
}

struct FormatContract : testing::TestWithParam<std::string> {
  const Format &format = parseFormat(GetParam());
  std::vector<float> quantize(std::vector<float> x, int64_t r = rows, int64_t c = cols) const {
    format.fakeQuantize(ConstMatrixView(x.data(), r, c), MatrixView(x.data(), r, c));
    return x;
  }
};

TEST_P(FormatContract, TheNameComesBack) {
  EXPECT_EQ(format.name(), GetParam());
  EXPECT_EQ(&parseFormat(format.name()), &format);
}

TEST_P(FormatContract, BitsCountTheSharedScale) {
  EXPECT_GE(format.bitsPerElement(), format.elementBits());
  EXPECT_LE(format.bitsPerElement(), format.elementBits() + 32.0 / static_cast<double>(format.block().size()));
}

TEST_P(FormatContract, QuantizingTwiceIsQuantizingOnce) {
  for (uint64_t seed = 0; seed < 5; ++seed) {
    std::vector<float> once = quantize(sample(seed));
    EXPECT_EQ(quantize(once), once);
  }
}

TEST_P(FormatContract, OutOfPlaceEqualsInPlace) {
  std::vector<float> x = sample(11), y(x.size());
  format.fakeQuantize(ConstMatrixView(x.data(), rows, cols), MatrixView(y.data(), rows, cols));
  EXPECT_EQ(y, quantize(x));
}

TEST_P(FormatContract, StridedViewsLeaveTheRestAlone) {
  std::vector<float> x = sample(12), whole = quantize(x);
  std::vector<float> wide(rows * (cols + 3), 42.0F);
  MatrixView view(wide.data(), rows, cols, cols + 3);
  format.fakeQuantize(ConstMatrixView(x.data(), rows, cols), view);
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < cols; ++c)
      EXPECT_EQ(view.row(r)[c], whole[static_cast<size_t>(r * cols + c)]);
    for (int64_t c = cols; c < cols + 3; ++c)
      EXPECT_EQ(view.row(r)[c], 42.0F);
  }
}

TEST_P(FormatContract, ZerosStayZeros) {
  for (float value : quantize(std::vector<float>(rows * cols, 0.0F)))
    EXPECT_EQ(value, 0.0F);
}

TEST_P(FormatContract, OrderIsKeptInsideABlock) {
  // One row of equal magnitudes' order: a sorted row stays sorted wherever one scale is shared.
  std::vector<float> x(32);
  Random random(5);
  for (float &value : x)
    value = static_cast<float>(random.uniform() * 4 - 2);
  std::sort(x.begin(), x.end());
  const int64_t width = format.block().cols == 1 ? 32 : std::min<int64_t>(32, format.block().cols);
  std::vector<float> y = quantize(x, 1, 32);
  for (int64_t b = 0; b < 32; b += width)
    EXPECT_TRUE(std::is_sorted(y.begin() + b, y.begin() + std::min<int64_t>(32, b + width)));
}

TEST_P(FormatContract, ScalingByAPowerOfTwoCommutes) {
  if (format.block().size() == 1)
    return; // one static scale: nothing follows the data
  std::vector<float> x = sample(6), scaled = x;
  for (float &value : scaled)
    value *= 0x1p-7F;
  std::vector<float> expected = quantize(x);
  for (float &value : expected)
    value *= 0x1p-7F;
  EXPECT_EQ(quantize(scaled), expected);
}

TEST_P(FormatContract, EveryFloatHasAResult) {
  std::vector<float> x = sample(7);
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  const float special[] = {inf,  -inf, nan, std::numeric_limits<float>::max(), std::numeric_limits<float>::denorm_min(),
                           -0.0F};
  for (size_t i = 0; i < std::size(special); ++i)
    x[i * 100] = special[i];
  std::vector<float> y = quantize(x);
  EXPECT_TRUE(std::isnan(y[200]));
  EXPECT_TRUE(std::isfinite(y.back()));
}

TEST_P(FormatContract, IntegersAreTheValues) {
  if (!format.hasIntegers())
    return; // level 3 does not exist for it, which the compiler asks first
  for (uint64_t seed = 20; seed < 23; ++seed) {
    std::vector<float> x = sample(seed), y = quantize(x);
    const BlockIntegers view = format.integers(ConstMatrixView(x.data(), rows, cols));
    const int64_t limit = (int64_t{1} << (format.elementBits() - 1)) - 1;
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < cols; ++c) {
        const auto i = static_cast<size_t>(r * cols + c);
        const auto block = static_cast<size_t>(r / view.block.rows * view.blocksPerRow() + c / view.block.cols);
        EXPECT_LE(std::abs(view.q[i]), limit);
        EXPECT_EQ(std::ldexp(view.q[i], view.exponent[block]), y[i]) << r << ", " << c;
      }
  }
}

std::string nameOf(const testing::TestParamInfo<std::string> &info) {
  std::string name = info.param;
  for (char &c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)))
      c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, FormatContract, testing::ValuesIn(allExamples()), nameOf);

} // namespace
} // namespace mase
