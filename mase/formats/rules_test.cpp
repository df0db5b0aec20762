// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The numbered rules of docs/formats.md, each pinned by values worked out by hand.

#include "mase/formats/registry.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace mase {
namespace {

constexpr float inf = std::numeric_limits<float>::infinity();

struct Row {
  explicit Row(const char *format, std::vector<float> x) : format(parseFormat(format)), x(std::move(x)) {
    y.resize(this->x.size());
    this->format.fakeQuantize(view(), {y.data(), 1, static_cast<int64_t>(y.size())});
  }
  ConstMatrixView view() const { return {x.data(), 1, static_cast<int64_t>(x.size())}; }
  uint32_t scale(int64_t block = 0) const { return format.encode(view()).scales.get(block); }

  const Format &format;
  std::vector<float> x, y;
};

using Values = std::vector<float>;

TEST(Rules, F1ZeroBlocks) {
  for (const char *name : {"mxint4", "mxfp8_e4m3", "bmf<4,3>", "bl4"}) {
    EXPECT_EQ(Row(name, {0, 0}).y, (Values{0, 0})) << name;
    EXPECT_EQ(Row(name, {0, 0}).scale(), 0U) << name;
  }
  EXPECT_EQ(Row("int8", {0, 0}).format.integers(Row("int8", {0, 0}).view()).exponent[0], -126 - 12);
  EXPECT_EQ(Row("nvfp4", {0, 0}).scale(), 1U) << "the least e4m3 above zero";
}

TEST(Rules, F2ThePowerOfTwoOfTheMaximum) {
  EXPECT_EQ(Row("mxfp4", {6, 3, 2.4F, 0.5F}).y, (Values{6, 3, 2, 0.5F}));
  EXPECT_EQ(Row("mxfp4", {6, 0}).scale(), 127U);
  EXPECT_EQ(Row("mxfp4", {8, 0}).scale(), 128U) << "a power of two is its own exponent";
  EXPECT_EQ(Row("mxfp4", {std::nextafter(8.0F, 0.0F), 0}).scale(), 127U) << "and just under it is not";
  EXPECT_EQ(Row("bmf<4,3>", {480}).scale(), 127U);
  EXPECT_EQ(Row("mxfp8_e5m2", {0x1p-126F * 3}).scale(), 0U) << "limited, F6";
}

TEST(Rules, F3TiesGoToTheEvenSignificand) {
  EXPECT_EQ(Row("mxfp4", {4, 5, 2.5F, 3.5F, 1.25F, 1.75F, 0.25F, 0.75F}).y, (Values{4, 4, 2, 4, 1, 2, 0, 1}));
  EXPECT_EQ(Row("int4:row", {7, 0.5F, 1.5F, 2.5F}).y, (Values{7, 0, 2, 2}));
}

TEST(Rules, F4Saturation) {
  EXPECT_EQ(Row("mxfp4", {7.9F, -7.9F}).y, (Values{6, -6}));
  EXPECT_EQ(Row("mxfp8_e4m3", {500, -500}).y, (Values{448, -448})) << "480 is NaN's code";
  EXPECT_EQ(Row("bmf<4,3>", {500, -500}).y, (Values{480, -480})) << "and a number here";
  EXPECT_EQ(Row("mxfp8_e5m2", {65000}).y, (Values{57344}));
  EXPECT_EQ(Row("mxint4", {-2.0F + 0x1p-20F}).y, (Values{-1.75F}));
}

TEST(Rules, F5NotFiniteSpoilsItsBlock) {
  for (const char *name : {"mxfp4:1x2", "bl4:1x2", "bmf<4,3>:1x2/e5", "int8:1x2", "nvfp4:1x2", "table(nf4):1x2"}) {
    const Row row(name, {inf, 1, 1, 0});
    EXPECT_TRUE(std::isnan(row.y[0]) && std::isnan(row.y[1])) << name;
    EXPECT_NEAR(row.y[2], 1, 1e-4) << name; // 13 bits of a scale
    Values decoded(4);
    row.format.decode(row.format.encode(row.view()), {decoded.data(), 1, 4});
    EXPECT_TRUE(std::isnan(decoded[1]) && decoded[2] == row.y[2]) << name;
  }
}

TEST(Rules, F6ExponentsAreLimited) {
  EXPECT_EQ(Row("mxint4/e4", {1024}).y, (Values{1.75F * 128})) << "the greatest exponent is 7";
  EXPECT_EQ(Row("mxint4/e4", {0x1p-9F, 0x1p-10F}).y, (Values{0x1p-9F, 0})) << "the least is -7: a step of 2^-9";
  EXPECT_EQ(Row("mxint4/e4", {0x1p-8F}).y, (Values{0x1p-8F}));
  EXPECT_EQ(Row("mxint4/e4", {1024}).scale(), 14U);
  const float largest = std::numeric_limits<float>::max();
  for (const char *name : {"int8", "int2", "nvfp4", "bl3", "mxfp4"})
    EXPECT_TRUE(std::isfinite(Row(name, {largest, -largest}).y[1])) << name;
}

TEST(Rules, F7EdgesArePaddedWithZeros) {
  EXPECT_EQ(Row("mxint4:16x2", {1, 0.26F, 0.01F}).y, (Values{1, 0.25F, 1.25F * 0x1p-7F}));
  const EncodedMatrix codes = Row("mxint4:16x2", {1, 1, 1}).format.encode(Row("mxint4:16x2", {1, 1, 1}).view());
  EXPECT_EQ(codes.scales.count(), 2);
  EXPECT_EQ(codes.elements.count(), 3) << "padding is not stored";
}

TEST(Rules, F8SubnormalsCount) {
  const float tiny = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(Row("mxint8", {tiny * (1 << 16), tiny}).y, (Values{tiny * (1 << 16), 0})) << "a step of 2^-133";
  EXPECT_EQ(Row("bmf<6,1>", {tiny, -tiny}).y, (Values{tiny, -tiny}));
}

TEST(Rules, F9ZeroKeepsItsSign) {
  for (const char *name : {"mxint4", "mxfp4", "bl3", "int4:row", "fixed<8,4>", "bf16"})
    EXPECT_TRUE(std::signbit(Row(name, {4, -0.0F}).y[1])) << name;
  EXPECT_TRUE(std::signbit(Row("mxfp4", {4, -0.01F}).y[1]));
  EXPECT_FALSE(std::signbit(Row("mxfp4@mx-ext", {4, -0.01F}).y[1])) << "F16: its arithmetic has none";
}

TEST(Rules, F10FixedPoint) {
  EXPECT_EQ(Row("fixed<4,1>", {0.25F, 0.75F, 9, -9}).y, (Values{0, 1, 3.5F, -4}));
  EXPECT_EQ(Row("fixed<4,1>", {inf, -inf}).y, (Values{3.5F, -4}));
  EXPECT_TRUE(std::isnan(Row("fixed<4,1>", {std::nanf("")}).y[0]));
}

TEST(Rules, F17CalibratedStepsHaveThirteenBits) {
  EXPECT_EQ(Row("int4/0.5", {0.25F, 0.75F, 9, -9, inf}).y, (Values{0, 1, 3.5F, -3.5F, 3.5F}));
  EXPECT_TRUE(std::isnan(Row("int4/0.5", {std::nanf("")}).y[0]));
  EXPECT_EQ(parseFormat("int8/0.02620").name(), "int8/0.0262");
  EXPECT_EQ(&parseFormat("int8/1.00001"), &parseFormat("int8/1")); // 2^-12 is the last bit
  EXPECT_NE(&parseFormat("int8/1.0003"), &parseFormat("int8/1"));
  EXPECT_EQ(parseFormat("int8").calibrated(12.7)->name(), "int8/0.1");
  EXPECT_EQ(parseFormat("int8").calibrated(0)->name(), parseFormat("int8").calibrated(0x1p-100)->name());
  EXPECT_EQ(parseFormat("int8:row").calibrated(12.7), nullptr);
}

TEST(Rules, F11PlainFloats) {
  EXPECT_EQ(Row("fp16", {65504, 65519.9F, 65520, -70000, 0x1p-25F, 0x1.8p-24F, 2049}).y,
            (Values{65504, 65504, inf, -inf, 0, 0x1p-23F, 2048}));
  EXPECT_EQ(Row("bf16", {1.00390625F, 1.01171875F, inf}).y, (Values{1, 1.015625F, inf}));
  EXPECT_EQ(Row("fp32", {1.1F, 0x1p-149F}).y, (Values{1.1F, 0x1p-149F}));
}

TEST(Rules, F12Fp32ScalesHaveThirteenBits) {
  const Row row("int8", {127 * 1.5F, -3, 2.2F});
  EXPECT_EQ(row.y, (Values{127 * 1.5F, -3, 1.5F}));
  const BlockIntegers view = row.format.integers(row.view());
  EXPECT_EQ(view.scale, (std::vector<int32_t>{3 << 11}));
  EXPECT_EQ(view.exponent, (std::vector<int32_t>{-12}));
  EXPECT_EQ(view.q, (std::vector<int32_t>{127, -2, 1}));
  // A third is 0x1.5555...p-2: rounded to 13 bits.
  EXPECT_EQ(Row("int8", {127.0F / 3}).y, (Values{127 * 0x1.555p-2F}));
}

TEST(Rules, F13TwoLevelsOfScales) {
  Values x(32, 0.0F);
  x[0] = 6 * 448, x[16] = 6 * 3;
  const Row row("nvfp4", x);
  EXPECT_EQ(row.scale(0), 0x7EU) << "448 in units of the tensor's scale, 1";
  EXPECT_EQ(row.scale(1), 0x44U) << "3";
  EXPECT_EQ(row.y, x);
  const BlockIntegers view = row.format.integers(row.view());
  EXPECT_EQ(view.outer, (std::vector<int32_t>{1 << 12}));
  EXPECT_EQ(view.scale, (std::vector<int32_t>{14, 12}));
}

TEST(Rules, F14LogarithmsTakeTheNearestPowerOfTwo) {
  EXPECT_EQ(Row("bl4", {1.4F, 1.6F, 0.7F, 0.02F}).y, (Values{1, 2, 0.5F, 0.03125F}));
  EXPECT_EQ(Row("bl4", {1.4F}).scale(), 127U - 4) << "the greatest element, 2^4, is 1";
  EXPECT_EQ(Row("bl4", {1.6F}).scale(), 127U - 3);
  EXPECT_EQ(Row("bl4", {1, 0x1p-6F, 0x1p-7F}).y, (Values{1, 0x1p-6F, 0})) << "seven octaves, then zero";
}

TEST(Rules, F15TablesTakeTheNearestValue) {
  EXPECT_EQ(Row("table(nf4):row", {1, -1, 0.5F, -0.03F, 0.06F}).y,
            (Values{1, -1, 0.44070982933044434F, 0, 0.07958029955625534F}));
}

TEST(Rules, F16OtherRoundingsBreakTiesAwayFromZero) {
  EXPECT_EQ(Row("mxint4", {1, 0.125F}).y[1], 0.0F);
  EXPECT_EQ(Row("mxint4@mx-ext", {1, 0.125F}).y[1], 0.25F);
  EXPECT_EQ(Row("mxint4@mx-ext-even", {1, 0.125F}).y[1], 0.0F);
  EXPECT_EQ(Row("mxint4@mx-cpu-floor", {1, 0.24F}).y[1], 0.0F);
  EXPECT_TRUE(std::isnan(Row("mxint4/e4@mx-cpu", {1024}).y[0])) << "beyond the exponents: NaN, not limited";
  EXPECT_EQ(Row("mxint8@mx-cpu-flush", {0x1p-127F}).y[0], 0.0F);
  EXPECT_EQ(Row("mxint8@mx-cpu", {0x1p-127F}).y[0], 0x1p-127F);
}

} // namespace
} // namespace mase
