// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Packing and unpacking at speed against the plain codec, code by code, on every instruction set of this machine.

#include "mase/formats/block_format.h"
#include "mase/formats/registry.h"
#include "mase/support/random.h"

#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <limits>

namespace mase {
namespace {

constexpr const char *names[] = {"mxint2",   "mxint3",     "mxint4",      "mxint5",      "mxint6",
                                 "mxint7",   "mxint8",     "mxint4:1x16", "mxint4:1x64", "mxint5/e5",
                                 "mxfp4",    "mxfp6_e3m2", "mxfp6_e2m3",  "mxfp8_e4m3",  "mxfp8_e5m2",
                                 "bmf<4,3>", "bmf<2,4>",   "bl8",         "bl4",         "bl3:1x16"};

constexpr int64_t rows = 290;

std::vector<float> sample(int64_t cols) {
  std::vector<float> x;
  Random random(9);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < cols; ++c) {
      const int octave = r < 279 ? static_cast<int>(r) - 150 : static_cast<int>(random.below(20)) - 10;
      const auto value = static_cast<float>(std::ldexp(random.uniform() * 2 - 1, octave));
      x.push_back(random.below(9) == 0 ? std::copysign(0.0F, value) : std::isinf(value) ? 1.0F : value);
    }
  x[static_cast<size_t>(280 * cols + 1)] = std::numeric_limits<float>::quiet_NaN();
  x[static_cast<size_t>(281 * cols + cols / 2)] = -std::numeric_limits<float>::infinity();
  return x;
}

struct GridCodecTest : testing::TestWithParam<const char *> {
  ~GridCodecTest() override { hwy::SetSupportedTargetsForTest(0); }
};

// Columns that the codec takes, beside the same matrix with one more column, which it does not.
TEST_P(GridCodecTest, EqualsThePlainCodec) {
  const Format &format = parseFormat(GetParam());
  for (int64_t cols : {8, 128, 200}) {
    const std::vector<float> x = sample(cols);
    const int64_t wide = (cols + 63) / 64 * 64 + 1; // whole blocks, then one element
    std::vector<float> padded(static_cast<size_t>(rows * wide));
    for (int64_t r = 0; r < rows; ++r)
      std::copy_n(x.begin() + r * cols, cols, padded.begin() + r * wide);
    const EncodedMatrix plain = format.encode({padded.data(), rows, wide});
    std::vector<float> expected(padded.size());
    format.decode(plain, {expected.data(), rows, wide});
    for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      const EncodedMatrix codes = format.encode({x.data(), rows, cols});
      std::vector<float> y(x.size());
      format.decode(codes, {y.data(), rows, cols});
      for (int64_t r = 0; r < rows; ++r) {
        for (int64_t b = 0; b < codes.blocksPerRow(); ++b)
          ASSERT_EQ(codes.scales.get(r * codes.blocksPerRow() + b), plain.scales.get(r * plain.blocksPerRow() + b))
              << hwy::TargetName(target) << ", row " << r << ", block " << b;
        for (int64_t c = 0; c < cols; ++c) {
          ASSERT_EQ(codes.elements.get(r * cols + c), plain.elements.get(r * wide + c))
              << hwy::TargetName(target) << ", row " << r << ", column " << c << ": " << x[r * cols + c];
          const float got = y[static_cast<size_t>(r * cols + c)], right = expected[static_cast<size_t>(r * wide + c)];
          ASSERT_TRUE(std::bit_cast<uint32_t>(got) == std::bit_cast<uint32_t>(right) ||
                      (std::isnan(got) && std::isnan(right)))
              << hwy::TargetName(target) << ", row " << r << ", column " << c << ": " << got << " not " << right;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, GridCodecTest, testing::ValuesIn(names));

TEST(GridCodecSpecials, AnyCodeDecodesAsThePlainCodecSays) {
  const Format &format = parseFormat("mxfp8_e4m3");
  EncodedMatrix codes;
  codes.reset({4, 64, {1, 32}, 8, 8});
  for (int64_t i = 0; i < 256; ++i)
    codes.elements.set(i, static_cast<uint32_t>(i));
  for (int64_t b = 0; b < 8; ++b)
    codes.scales.set(b, static_cast<uint32_t>(b == 2 ? 255 : b == 3 ? 0 : 125 + b));
  std::vector<float> y(256);
  format.decode(codes, {y.data(), 4, 64});
  EXPECT_TRUE(std::isnan(y[0x7F]) && std::isnan(y[0xFF]));
  EXPECT_EQ(y[0x7E], std::ldexp(448.0F, -127)); // block 3 has the smallest scale
  EXPECT_TRUE(std::isnan(y[64]));               // block 2's scale is NaN
}

} // namespace
} // namespace mase
