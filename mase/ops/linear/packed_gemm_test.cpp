// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/packed_gemm.h"

#include "mase/support/random.h"

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

INSTANTIATE_TEST_SUITE_P(Shapes, PackedGemm,
                         testing::Values(Shape{1, 1, 1}, Shape{5, 7, 11}, Shape{12, 32, 64}, Shape{13, 33, 96},
                                         Shape{25, 65, 128}, Shape{96, 352, 128}));

} // namespace
} // namespace mase
