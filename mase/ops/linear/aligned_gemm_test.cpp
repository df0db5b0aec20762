// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The SIMD paths of the integer linear against the definition, on every instruction set of this machine.
#include "mase/ops/linear/aligned_gemm.h"

#include "mase/ops/linear/bias.h"
#include "mase/ops/linear/cast_integers.h"
#include "mase/support/error.h"
#include "mase/support/random.h"

#include <cmath>
#include <gmock/gmock.h>
#include <hwy/targets.h>
#include <limits>

namespace mase {
namespace {

class SimdLinear : public ::testing::Test {
protected:
  ~SimdLinear() override { hwy::SetSupportedTargetsForTest(0); }
};

/// A6, term by term.
int64_t alignedTerm(int64_t term, int guardBits, int shift) {
  const auto half = shift > 0 ? std::ldexp(0.5L, shift) : 0.0L;
  return static_cast<int64_t>(
      std::floor((static_cast<long double>(term) * std::ldexp(1.0L, guardBits) + half) / std::ldexp(1.0L, shift)));
}

TEST_F(SimdLinear, AlignedSumsAreTheDefinition) {
  struct Case {
    int64_t outputs, terms, features, rows;
    int largest; // of an element's magnitude
    int termBits;
  };
  for (const Case &c : {Case{16, 4, 32, 6, 127, 20}, Case{37, 11, 32, 7, 7, 12}, Case{5, 40, 16, 13, 127, 19},
                        Case{16, 9, 32, 1, 181, 21}, Case{33, 3, 8, 8, 127, 18}}) {
    Random random(static_cast<uint64_t>(c.outputs));
    const auto element = [&] { // the extremes often, so that sums reach their bounds
      const auto kind = random.below(4);
      return static_cast<int16_t>(kind == 0   ? c.largest
                                  : kind == 1 ? -c.largest
                                              : static_cast<int>(random.below(2 * c.largest + 1)) - c.largest);
    };
    const int64_t width = c.terms * c.features;
    std::vector<int16_t> weight(static_cast<size_t>(c.outputs * width)), input(static_cast<size_t>(c.rows * width));
    std::vector<int32_t> difference(static_cast<size_t>(c.outputs * c.terms)),
        below(static_cast<size_t>(c.rows * c.terms));
    for (auto *list : {&weight, &input})
      for (int16_t &value : *list)
        value = element();
    std::fill_n(weight.begin(), width, static_cast<int16_t>(c.largest)); // the greatest sum there is
    std::fill_n(input.begin(), width, static_cast<int16_t>(c.largest));
    for (int32_t &value : difference)
      value = static_cast<int32_t>(random.below(5) == 0 ? random.below(300) : random.below(4));
    for (int32_t &value : below)
      value = static_cast<int32_t>(random.below(5) == 0 ? random.below(300) : random.below(4));
    std::fill_n(difference.begin(), c.terms, 0);
    std::fill_n(below.begin(), c.terms, 0);
    const AlignedWeights packed =
        packAligned(c.outputs, c.terms, c.features, c.termBits, 10, weight.data(), difference.data());
    for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      std::vector<int64_t> sum(static_cast<size_t>(c.rows * c.outputs), 5);
      addAlignedSums(packed, c.rows, input.data(), below.data(), sum.data(), c.outputs);
      for (int64_t r = 0; r < c.rows; ++r)
        for (int64_t o = 0; o < c.outputs; ++o) {
          int64_t expected = 5;
          for (int64_t t = 0; t < c.terms; ++t) {
            int64_t term = 0;
            for (int64_t k = t * c.features; k < (t + 1) * c.features; ++k)
              term += int64_t{weight[static_cast<size_t>(o * width + k)]} * input[static_cast<size_t>(r * width + k)];
            expected += alignedTerm(term, 10,
                                    difference[static_cast<size_t>(o * c.terms + t)] +
                                        below[static_cast<size_t>(r * c.terms + t)]);
          }
          ASSERT_EQ(sum[static_cast<size_t>(r * c.outputs + o)], expected) << hwy::TargetName(target) << " " << r;
        }
    }
  }
}

TEST_F(SimdLinear, CastRoundsToNearestEven) {
  std::vector<int64_t> sum;
  Random random(7);
  for (int64_t value = -70; value <= 70; ++value)
    sum.push_back(value);
  for (int i = 0; i < 300; ++i)
    sum.push_back(static_cast<int64_t>(random.bits() >> (2 + random.below(60))) * (random.below(2) == 0 ? 1 : -1));
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    for (const int right : {1, 2, 3, 7, 31, 32, 40, 62}) {
      std::vector<int32_t> q(sum.size());
      castIntegers(sum.data(), std::ssize(sum), right, -128, 127, q.data());
      for (size_t i = 0; i < sum.size(); ++i) {
        const long double exact = static_cast<long double>(sum[i]) / std::ldexp(1.0L, right);
        EXPECT_EQ(q[i], std::clamp(std::nearbyint(exact), -128.0L, 127.0L))
            << sum[i] << " " << right << hwy::TargetName(target);
      }
    }
    uint64_t largest = 0;
    for (const int64_t value : sum)
      largest = std::max(largest, static_cast<uint64_t>(std::abs(value)));
    EXPECT_EQ(largestMagnitude(sum.data(), std::ssize(sum)), largest);
    EXPECT_EQ(largestMagnitude(sum.data(), 0), 0u);
  }
}

// O17.
TEST(LinearBias, FillsSixteenBits) {
  const std::vector<float> bias = {0.75F, -3.0F, 0.0F, 1e-6F};
  const LinearBias one = quantizeBias(bias, 1);
  EXPECT_EQ(one.exponent, -13); // 3 < 4 = 2^15 * 2^-13
  EXPECT_THAT(one.b, ::testing::ElementsAre(6144, -24576, 0, 0));
  EXPECT_EQ(quantizeBias(bias, 4).b, one.b);
  EXPECT_EQ(quantizeBias(bias, 4).exponent, -15);
  EXPECT_EQ(quantizeBias(std::vector<float>{std::nextafter(4.0F, 0.0F)}, 1).b[0], 16384); // rounded up to 4
  EXPECT_EQ(quantizeBias(std::vector<float>{0.0F}, 1).b[0], 0);
  try {
    quantizeBias(std::vector<float>{std::numeric_limits<float>::infinity()}, 1);
    FAIL() << "no error";
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("a bias is inf (hardware adds finite numbers)"));
  }
}

} // namespace
} // namespace mase
