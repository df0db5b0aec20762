// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kernel against the reference in every bit: every instruction set that this machine has, in place and not, shapes
// that no block divides, all exponents, and the values that no kernel likes.

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

constexpr const char *names[] = {
    "mxint2",         "mxint4",        "mxint8",          "mxint12",         "mxint5:1x16", "mxint4:1x64",
    "mxint8:16x2",    "mxint4:4x4",    "mxint4:2x8",      "mxint4:1x1",      "mxint8:40x2", "mxint4:row",
    "mxint4:1x16/e5", "mxint4:tensor", "mxfp8_e4m3",      "mxfp8_e5m2",      "mxfp6_e3m2",  "mxfp6_e2m3",
    "mxfp4",          "mxfp4:1x16",    "mxfp8_e4m3:16x2", "mxfp8_e5m2:3x32", "bmf<4,3>",    "bmf<2,5>:16x2/e5",
    "bmf<3,1>",       "bl8",           "bl4:16x2",        "bl5/e4",          "int2",        "int4",
    "int8",           "int12",         "int8:row",        "int12:row",       "int5:row",    "nvfp4",
    "nvfp4/e4m3-row", "nvfp4:1x32",
};

const BlockFormat &formatOf(const char *name) { return dynamic_cast<const BlockFormat &>(parseFormat(name)); }

// NaN is one value; everything else counts by its bits.
uint32_t bitsOf(float x) { return std::isnan(x) ? 0x7FC00000 : std::bit_cast<uint32_t>(x); }

struct Sample {
  int64_t rows, cols;
  std::vector<float> values;
};

// Rows of one octave each over all of fp32's, rows of mixed ones, zeros of both signs, ties, single NaN and infinities.
Sample sample(int64_t cols) {
  Sample x{279 + 48, cols, {}};
  Random random(5);
  for (int64_t r = 0; r < x.rows; ++r)
    for (int64_t c = 0; c < cols; ++c) {
      const int octave = r < 279 ? static_cast<int>(r) - 150 : static_cast<int>(random.below(20)) - 10;
      const double tie = std::nearbyint(random.uniform() * 64) / 32 + 1.0 / 64;
      const double magnitude = random.below(4) == 0 ? tie : random.uniform() * 2 - 1;
      const float value = static_cast<float>(std::ldexp(magnitude, octave));
      x.values.push_back(random.below(9) == 0 ? std::copysign(0.0F, value) : std::isinf(value) ? 1.0F : value);
    }
  x.values[static_cast<size_t>(300 * cols + 1)] = std::numeric_limits<float>::quiet_NaN();
  x.values[static_cast<size_t>(310 * cols + cols / 2)] = -std::numeric_limits<float>::infinity();
  return x;
}

struct GridKernel : testing::TestWithParam<const char *> {
  ~GridKernel() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_P(GridKernel, EqualsTheReferenceInEveryBit) {
  const BlockFormat &format = formatOf(GetParam());
  for (int64_t cols : {1, 15, 128, 203}) {
    const Sample x = sample(cols);
    std::vector<float> expected(x.values.size()), y(x.values.size());
    format.reference({x.values.data(), x.rows, cols}, {expected.data(), x.rows, cols});
    for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      std::vector<float> inPlace = x.values;
      format.fakeQuantize({x.values.data(), x.rows, cols}, {y.data(), x.rows, cols});
      format.fakeQuantize({inPlace.data(), x.rows, cols}, {inPlace.data(), x.rows, cols});
      int wrong = 0;
      for (size_t i = 0; i < y.size(); ++i)
        if (bitsOf(y[i]) != bitsOf(expected[i]) || bitsOf(inPlace[i]) != bitsOf(expected[i]))
          if (++wrong <= 3)
            ADD_FAILURE() << hwy::TargetName(target) << ", " << cols << " columns, element " << i << ": " << x.values[i]
                          << " became " << y[i] << " and " << inPlace[i] << ", not " << expected[i];
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, GridKernel, testing::ValuesIn(names));

// A matrix too large for the caches goes past them when it is not quantised in place.
TEST(GridKernelStreams, LargeMatricesAreQuantisedAlike) {
  const int64_t rows = 1025, cols = 8192 + 16;
  std::vector<float> x(static_cast<size_t>(rows * cols)), y(x.size());
  Random random(4);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = i < 100000 ? static_cast<float>(random.uniform() * 2 - 1) : x[i - 99991];
  for (const char *name : {"mxint5", "mxfp4:16x2"}) {
    std::vector<float> expected = x;
    const MatrixView inPlace(expected.data(), rows, cols);
    formatOf(name).fakeQuantize(inPlace, inPlace);
    for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      formatOf(name).fakeQuantize({x.data(), rows, cols}, {y.data(), rows, cols});
      EXPECT_TRUE(expected == y) << name << ", " << hwy::TargetName(target);
    }
    hwy::SetSupportedTargetsForTest(0);
  }
}

} // namespace
} // namespace mase
