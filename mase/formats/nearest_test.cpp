// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements under scales that are no powers of two (nearest-inl.h) against the reference in every bit, on every
// instruction set: ties and their neighbours, which a quotient in fp32 gets wrong, scales that saturate, NaN,
// infinities, subnormals, zeros.

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
    "int2",     "int3",      "int4",      "int8",  "int12",          "int2:row",   "int4:row",
    "int8:row", "int11:row", "int12:row", "nvfp4", "nvfp4/e4m3-row", "nvfp4:1x32", "nvfp4:1x48/e4m3-row"};

uint32_t bitsOf(float x) { return std::isnan(x) ? 0x7FC00000 : std::bit_cast<uint32_t>(x); }

constexpr int64_t rows = 96;

enum class Kind { usual, special, extreme };

// Rows of several magnitudes, whose elements are random, or ties of the row's (or the tensor's, or the block's) scale
// and the numbers next to them.
std::vector<float> sample(const BlockFormat &format, int64_t cols, Kind kind) {
  Random random(31);
  std::vector<float> x(static_cast<size_t>(rows * cols));
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < cols; ++c) {
      const int octave = kind == Kind::extreme ? static_cast<int>(random.below(250)) - 140
                                               : static_cast<int>(r % 24) - 12 - 6 * static_cast<int>(c / 16 % 3);
      x[static_cast<size_t>(r * cols + c)] = static_cast<float>(std::ldexp(random.uniform() * 2 - 1, octave));
    }
  const EncodedMatrix codes = format.encode({x.data(), rows, cols});
  std::vector<float> step(x.size());
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < cols; ++c) {
      const uint32_t outer = codes.outer.count() == 0 ? 0 : codes.outer.get(codes.outer.count() == 1 ? 0 : r);
      const int64_t block = r / codes.block.rows * codes.blocksPerRow() + c / codes.block.cols;
      step[static_cast<size_t>(r * cols + c)] =
          static_cast<float>(format.scale().value(codes.scales.get(block), outer) * format.element().smallest());
    }
  const double largest = format.element().largest() / format.element().smallest();
  for (size_t i = 0; i < x.size(); ++i) {
    const auto below = static_cast<uint64_t>(largest);
    const double tie = (static_cast<double>(random.below(below)) + 0.5) * step[i];
    const float near = static_cast<float>(tie);
    const float moved[] = {near, std::nextafter(near, 0.0F), std::nextafter(near, 1e30F)};
    if (kind != Kind::extreme && i % 16 != 0 && random.below(2) == 0) // the largest stays
      x[i] = std::copysign(std::min(moved[random.below(3)], std::fabs(x[i - i % 16]) + near), x[i]);
    if (random.below(11) == 0)
      x[i] = std::copysign(0.0F, x[i]);
    if (random.below(23) == 0)
      x[i] = std::copysign(0x1p-149F * static_cast<float>(random.below(9)), x[i]);
  }
  if (kind == Kind::special) {
    x[static_cast<size_t>(5 * cols)] = std::numeric_limits<float>::quiet_NaN();
    x[static_cast<size_t>(40 * cols + cols - 1)] = -std::numeric_limits<float>::infinity();
  }
  std::fill_n(x.begin() + 7 * cols, cols, -0.0F);
  return x;
}

struct Nearest : testing::TestWithParam<const char *> {
  ~Nearest() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_P(Nearest, EqualsTheReferenceInEveryBit) {
  const auto &format = dynamic_cast<const BlockFormat &>(parseFormat(GetParam()));
  for (int64_t cols : {1, 16, 77, 160})
    for (Kind kind : {Kind::usual, Kind::special, Kind::extreme}) {
      const std::vector<float> x = sample(format, cols, kind);
      std::vector<float> expected(x.size()), y(x.size());
      format.reference({x.data(), rows, cols}, {expected.data(), rows, cols});
      for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        std::vector<float> inPlace = x;
        format.fakeQuantize({x.data(), rows, cols}, {y.data(), rows, cols});
        format.fakeQuantize({inPlace.data(), rows, cols}, {inPlace.data(), rows, cols});
        int wrong = 0;
        for (size_t i = 0; i < y.size(); ++i)
          if (bitsOf(y[i]) != bitsOf(expected[i]) || bitsOf(inPlace[i]) != bitsOf(expected[i]))
            if (++wrong <= 3)
              ADD_FAILURE() << hwy::TargetName(target) << ", " << cols << " columns, element " << i << ": " << x[i]
                            << " became " << y[i] << " and " << inPlace[i] << ", not " << expected[i];
      }
    }
}

INSTANTIATE_TEST_SUITE_P(All, Nearest, testing::ValuesIn(names));

// Whole tensors are split among threads, their scale is not.
TEST(NearestThreads, ResultsAreTheSame) {
  std::vector<float> x(size_t{512} * 1024), one(x.size());
  Random random(3);
  for (float &value : x)
    value = static_cast<float>(random.uniform() - 0.5);
  for (const char *name : {"int8", "int4:row", "nvfp4"}) {
    const auto &format = dynamic_cast<const BlockFormat &>(parseFormat(name));
    format.reference({x.data(), 512, 1024}, {one.data(), 512, 1024});
    std::vector<float> y(x.size());
    format.fakeQuantize({x.data(), 512, 1024}, {y.data(), 512, 1024});
    EXPECT_TRUE(y == one) << name;
  }
}

} // namespace
} // namespace mase
