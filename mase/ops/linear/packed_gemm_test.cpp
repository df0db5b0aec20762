// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/packed_gemm.h"

#include "mase/support/random.h"

#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <hwy/targets.h>

namespace mase {
namespace {

std::vector<float> randomMatrix(uint64_t seed, int64_t elements) {
  Random random(seed);
  std::vector<float> x(static_cast<size_t>(elements));
  for (float &value : x)
    value = static_cast<float>(random.uniform() * 2 - 1);
  return x;
}

struct Shape {
  int64_t rows, cols, depth;
};

class PackedGemm : public testing::TestWithParam<Shape> {};

TEST_P(PackedGemm, EqualsThePlainSum) {
  const auto [rows, cols, depth] = GetParam();
  const std::vector<float> a = randomMatrix(1, rows * depth), b = randomMatrix(2, cols * depth);
  std::vector<float> c(static_cast<size_t>(rows * cols));
  for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    const PackedMatrix packed = pack({b.data(), cols, depth});
    multiply({a.data(), rows, depth}, packed, {c.data(), rows, cols});
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t j = 0; j < cols; ++j) {
        double sum = 0;
        for (int64_t k = 0; k < depth; ++k)
          sum += static_cast<double>(a[static_cast<size_t>(r * depth + k)]) * b[static_cast<size_t>(j * depth + k)];
        EXPECT_NEAR(c[static_cast<size_t>(r * cols + j)], sum, 1e-4 * std::sqrt(static_cast<double>(depth)))
            << hwy::TargetName(target) << " " << r << ", " << j;
      }
  }
  hwy::SetSupportedTargetsForTest(0);
}

// What prefill = decode rests on: a row's bits do not depend on the rows beside it.
TEST_P(PackedGemm, ARowAloneHasTheSameBits) {
  const auto [rows, cols, depth] = GetParam();
  const std::vector<float> a = randomMatrix(3, rows * depth), b = randomMatrix(4, cols * depth);
  const PackedMatrix packed = pack({b.data(), cols, depth});
  std::vector<float> all(static_cast<size_t>(rows * cols)), one(static_cast<size_t>(cols));
  multiply({a.data(), rows, depth}, packed, {all.data(), rows, cols});
  for (int64_t r = 0; r < rows; ++r) {
    multiply({a.data() + r * depth, 1, depth}, packed, {one.data(), 1, cols});
    EXPECT_TRUE(std::equal(one.begin(), one.end(), all.begin() + r * cols)) << r;
  }
}

TEST_P(PackedGemm, PackingTheTransposeIsTheSame) {
  const auto [rows, cols, depth] = GetParam();
  const std::vector<float> b = randomMatrix(5, cols * depth);
  std::vector<float> transposed(b.size());
  for (int64_t j = 0; j < cols; ++j)
    for (int64_t k = 0; k < depth; ++k)
      transposed[static_cast<size_t>(k * cols + j)] = b[static_cast<size_t>(j * depth + k)];
  PackedMatrix one = pack({b.data(), cols, depth}), other;
  packTransposedInto({transposed.data(), depth, cols}, other);
  const auto size = static_cast<size_t>((cols + one.panel - 1) / one.panel * one.panel * depth);
  EXPECT_TRUE(std::equal(one.data.get(), one.data.get() + size, other.data.get()));
}

// Rounded towards zero to bf16.
std::vector<float> randomHalves(uint64_t seed, int64_t elements) {
  std::vector<float> x = randomMatrix(seed, elements);
  for (float &value : x)
    value = std::bit_cast<float>(std::bit_cast<uint32_t>(value) & 0xFFFF0000);
  return x;
}

TEST_P(PackedGemm, WeightsInHalfTheMemoryGiveTheSameBits) {
  const auto [rows, cols, depth] = GetParam();
  const std::vector<float> a = randomMatrix(6, rows * depth), b = randomHalves(7, cols * depth);
  std::vector<float> c(static_cast<size_t>(rows * cols)), expected(c.size());
  for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    const PackedMatrix half = packWeight({b.data(), cols, depth});
    EXPECT_EQ(half.data, nullptr);
    multiply({a.data(), rows, depth}, half, {c.data(), rows, cols});
    multiply({a.data(), rows, depth}, pack({b.data(), cols, depth}), {expected.data(), rows, cols});
    EXPECT_EQ(c, expected) << hwy::TargetName(target);
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(PackWeight, KeepsWhatIsNoBf16) {
  std::vector<float> b = randomHalves(8, 64 * 5);
  b[317] = std::nextafter(b[317], 2.0F);
  const PackedMatrix packed = packWeight({b.data(), 64, 5});
  EXPECT_EQ(packed.halves, nullptr);
  EXPECT_NE(packed.data, nullptr);
}

TEST_P(PackedGemm, WithoutPackingTheBitsAreTheSame) {
  const auto [rows, cols, depth] = GetParam();
  const float one = 1;
  const PackedMatrix any = pack({&one, 1, 1});
  const int64_t width = (cols + any.panel - 1) / any.panel * any.panel;
  const std::vector<float> a = randomMatrix(9, rows * depth), bt = randomMatrix(10, depth * width);
  std::vector<float> c(static_cast<size_t>(rows * width)), expected(c.size());
  PackedMatrix packed;
  packTransposedInto({bt.data(), depth, width}, packed);
  multiply({a.data(), rows, depth}, packed, {expected.data(), rows, width});
  multiplyUnpacked({a.data(), rows, depth}, {bt.data(), depth, width}, {c.data(), rows, width});
  EXPECT_EQ(c, expected);
}

INSTANTIATE_TEST_SUITE_P(Shapes, PackedGemm,
                         testing::Values(Shape{1, 1, 1}, Shape{5, 7, 11}, Shape{12, 32, 64}, Shape{13, 33, 96},
                                         Shape{25, 65, 128}, Shape{96, 352, 128}));

} // namespace
} // namespace mase
