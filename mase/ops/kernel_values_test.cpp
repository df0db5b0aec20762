// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the row-wise kernels compute, against plain loops in double, on every instruction set that this machine has and
// at widths that fill no vector.

#include "mase/ops/registry.h"
#include "mase/support/error.h"
#include "mase/support/random.h"

#include <cmath>
#include <gmock/gmock.h>
#include <hwy/targets.h>

namespace mase {
namespace {

constexpr int64_t rows = 3;

std::vector<float> randomValues(uint64_t seed, int64_t count, double offset = 0) {
  Random random(seed);
  std::vector<float> values(static_cast<size_t>(count));
  for (float &value : values)
    value = static_cast<float>(offset + random.uniform() * 4 - 2);
  return values;
}

class KernelValues : public testing::TestWithParam<int64_t> {
protected:
  ~KernelValues() override { hwy::SetSupportedTargetsForTest(0); }

  /// Runs the operator on `x` (rows x cols) on each instruction set; `check` sees each result.
  void run(OperatorDescription description, std::vector<float> x, int64_t position,
           const std::function<void(const std::vector<float> &)> &check) const {
    description.maxRows = position + rows;
    const std::unique_ptr<Kernel> kernel = findOperator(description.name)->make(description);
    for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      SCOPED_TRACE(hwy::TargetName(target));
      std::vector<float> y(x.size() + 1, 42.0F);
      const TensorView in = {x.data(), 1, rows, cols, cols, cols}, out = {y.data(), 1, rows, cols, cols, cols};
      kernel->run({{&in, 1}, out, {}, position, {}, 0, nullptr});
      EXPECT_EQ(y.back(), 42.0F) << "wrote past the end";
      check(y);
    }
  }

  int64_t cols = GetParam();
};

TEST_P(KernelValues, LayerNorm) {
  // A mean far from 0: one pass over x and x^2 would lose the variance.
  const std::vector<float> x = randomValues(1, rows * cols, 1000), w = randomValues(2, cols), b = randomValues(3, cols);
  const double epsilon = 0.25; // large enough to be missed
  run({"layer_norm", {{"epsilon", epsilon}}, {{"w", {w.data(), 1, cols}}, {"b", {b.data(), 1, cols}}}, {}, 0}, x, 0,
      [&](const std::vector<float> &y) {
        for (int64_t r = 0; r < rows; ++r) {
          double mean = 0, variance = 0;
          for (int64_t c = 0; c < cols; ++c)
            mean += x[static_cast<size_t>(r * cols + c)] / static_cast<double>(cols);
          for (int64_t c = 0; c < cols; ++c)
            variance += std::pow(x[static_cast<size_t>(r * cols + c)] - mean, 2) / static_cast<double>(cols);
          for (int64_t c = 0; c < cols; ++c) {
            const auto i = static_cast<size_t>(r * cols + c), j = static_cast<size_t>(c);
            EXPECT_NEAR(y[i], (x[i] - mean) / std::sqrt(variance + epsilon) * w[j] + b[j], 1e-3) << r << ", " << c;
          }
        }
      });
}

TEST_P(KernelValues, Relu) {
  std::vector<float> x = randomValues(4, rows * cols);
  x[0] = -0.0F;
  x.back() = std::nanf("");
  run({"relu", {}, {}, {}, 0}, x, 0, [&](const std::vector<float> &y) {
    for (size_t i = 0; i + 1 < x.size(); ++i)
      EXPECT_EQ(y[i], std::max(x[i], 0.0F)) << i;
    EXPECT_TRUE(std::isnan(y[x.size() - 1]));
  });
}

TEST_P(KernelValues, Gelu) {
  std::vector<float> x = randomValues(7, rows * cols);
  for (float &value : x)
    value *= 4; // tails too
  x[0] = -200.0F;
  run({"gelu", {}, {}, {}, 0}, x, 0, [&](const std::vector<float> &y) {
    for (size_t i = 0; i < x.size(); ++i) {
      const double exact = x[i] * 0.5 * std::erfc(-x[i] / std::sqrt(2.0));
      EXPECT_NEAR(y[i], exact, 2e-7 * std::abs(x[i])) << x[i];
    }
  });
}

TEST_P(KernelValues, Tanh) {
  std::vector<float> x = randomValues(8, rows * cols);
  for (float &value : x)
    value *= 5;
  x[0] = 100;
  run({"tanh", {}, {}, {}, 0}, x, 0, [&](const std::vector<float> &y) {
    for (size_t i = 0; i < x.size(); ++i)
      EXPECT_NEAR(y[i], std::tanh(static_cast<double>(x[i])), 4e-7) << x[i];
  });
}

TEST_P(KernelValues, Pool) {
  const std::vector<float> x = randomValues(9, rows * cols);
  for (const auto &[token, row] : {std::pair("first", int64_t{0}), {"last", rows - 1}})
    run({"pool", {{"token", std::string(token)}}, {}, {}, 0}, x, 0, [&, row = row](const std::vector<float> &y) {
      for (int64_t c = 0; c < cols; ++c)
        EXPECT_EQ(y[static_cast<size_t>(c)], x[static_cast<size_t>(row * cols + c)]);
    });
}

// Without types all are 0; the contract test has others.
TEST_P(KernelValues, TokenTypeEmbedding) {
  const std::vector<float> x = randomValues(5, rows * cols), table = randomValues(6, 2 * cols);
  run({"token_type_embedding", {}, {{"t", {table.data(), 2, cols}}}, {}, 0}, x, 0, [&](const std::vector<float> &y) {
    for (int64_t i = 0; i < rows * cols; ++i)
      EXPECT_EQ(y[static_cast<size_t>(i)], x[static_cast<size_t>(i)] + table[static_cast<size_t>(i % cols)]);
  });
}

TEST_P(KernelValues, PositionEmbedding) {
  const std::vector<float> x = randomValues(5, rows * cols), table = randomValues(6, 10 * cols);
  run({"position_embedding", {{"offset", int64_t{2}}}, {{"p", {table.data(), 10, cols}}}, {}, 0}, x, 5,
      [&](const std::vector<float> &y) {
        for (int64_t i = 0; i < rows * cols; ++i)
          EXPECT_EQ(y[static_cast<size_t>(i)],
                    x[static_cast<size_t>(i)] + table[static_cast<size_t>((5 + 2) * cols + i)]);
      });
}

INSTANTIATE_TEST_SUITE_P(Widths, KernelValues, testing::Values(1, 5, 16, 31, 128),
                         [](const auto &info) { return std::to_string(info.param); });

TEST(PositionEmbedding, RefusesATableThatIsTooShort) {
  const std::vector<float> table(10 * 4);
  OperatorDescription description = {
      "position_embedding", {{"offset", int64_t{2}}}, {{"embed_positions.weight", {table.data(), 10, 4}}}, {}, 8};
  EXPECT_NE(findOperator("position_embedding")->make(description), nullptr);
  description.maxRows = 9;
  try {
    findOperator("position_embedding")->make(description);
    FAIL() << "a sequence of 9 tokens needs 11 rows";
  } catch (const InputError &error) {
    EXPECT_STREQ(error.what(), "embed_positions.weight: has 10 rows, too few for 9 positions at offset 2");
  }
}

} // namespace
} // namespace mase
