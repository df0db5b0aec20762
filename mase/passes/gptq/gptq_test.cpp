// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/gptq/gptq.h"

#include "mase/formats/registry.h"
#include "mase/passes/layerwise.h"
#include "mase/support/random.h"

#include <cmath>
#include <gmock/gmock.h>

namespace mase {
namespace {

struct Linear {
  int64_t out, in;
  std::vector<float> w, h;

  // Weights with a few large ones; inputs whose features depend on each other.
  Linear(int64_t out, int64_t in, uint64_t seed) : out(out), in(in), w(static_cast<size_t>(out * in)) {
    Random random(seed);
    const auto normal = [&] {
      return static_cast<float>(random.uniform() + random.uniform() + random.uniform() - 1.5);
    };
    for (float &value : w)
      value = 0.1F * normal() * (random.below(40) == 0 ? 8.0F : 1.0F);
    const int64_t rows = 3 * in;
    std::vector<float> x(static_cast<size_t>(rows * in));
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < in; ++c)
        x[static_cast<size_t>(r * in + c)] = normal() + (c > 0 ? 0.8F * x[static_cast<size_t>(r * in + c - 1)] : 0);
    h.assign(static_cast<size_t>(in * in), 0.0F);
    addProduct({h.data(), in, in}, {x.data(), rows, in}, {x.data(), rows, in});
  }
  ConstMatrixView weight() const { return {w.data(), out, in}; }
  ConstMatrixView moments() const { return {h.data(), in, in}; }
  std::vector<float> quantized(const Format &format, ScaleChoice choice, bool compensated) const {
    std::vector<float> q = w;
    const ErrorFactor factor(moments(), 0.01);
    quantizeWeights({q.data(), out, in}, format, choice, compensated ? &factor : nullptr);
    return q;
  }
  double error(const std::vector<float> &q) const { return outputError(weight(), {q.data(), out, in}, moments()); }
};

TEST(ErrorFactor, IsTheFactorOfTheInverse) {
  const Linear linear(1, 150, 3); // more than two blocks of the factorisation
  const ErrorFactor factor(linear.moments(), 0.01);
  double mean = 0;
  for (int64_t i = 0; i < 150; ++i)
    mean += linear.moments().row(i)[i] / 150;
  // U (H + damping) U^T = 1.
  for (int64_t a = 0; a < 150; a += 7)
    for (int64_t b = a; b < 150; b += 13) {
      double sum = 0;
      for (int64_t i = a; i < 150; ++i)
        for (int64_t j = b; j < 150; ++j)
          sum += static_cast<double>(factor.row(a)[i]) * factor.row(b)[j] *
                 (linear.moments().row(i)[j] + (i == j ? 0.01 * mean : 0));
      EXPECT_NEAR(sum, a == b, 2e-3) << a << ' ' << b;
    }
}

TEST(ErrorFactor, RaisesTheDampingUntilTheMomentsAreDefinite) {
  const std::vector<float> zeros(25 * 25, 0.0F);
  EXPECT_FLOAT_EQ(ErrorFactor({zeros.data(), 25, 25}, 1e-4).row(4)[4], 100); // of a mean that counts as 1
  std::vector<float> same(25 * 25, 1.0F);                                    // rank 1
  EXPECT_TRUE(std::isfinite(ErrorFactor({same.data(), 25, 25}, 1e-12).row(0)[24]));
}

class EveryFormat : public testing::TestWithParam<const char *> {};

TEST_P(EveryFormat, GivesWeightsBackWhenTheyAreQuantisedAgain) {
  const Format &format = parseFormat(GetParam());
  for (const ScaleChoice choice : {ScaleChoice::largest, ScaleChoice::search})
    for (const bool compensated : {true, false}) {
      const Linear linear(83, 200, 5); // neither whole tiles nor whole blocks
      const std::vector<float> once = linear.quantized(format, choice, compensated);
      std::vector<float> twice = once;
      format.fakeQuantize({once.data(), 83, 200}, {twice.data(), 83, 200});
      EXPECT_EQ(once, twice) << (compensated ? "compensated" : "rounded");
    }
}

TEST_P(EveryFormat, MovesOutputsLessThanRounding) {
  const Format &format = parseFormat(GetParam());
  const Linear linear(83, 200, 6);
  std::vector<float> rounded = linear.w;
  format.fakeQuantize(linear.weight(), {rounded.data(), 83, 200});
  const double plain = linear.error(rounded);
  EXPECT_LT(linear.error(linear.quantized(format, ScaleChoice::largest, true)), 0.9 * plain);
  EXPECT_LT(linear.error(linear.quantized(format, ScaleChoice::search, true)), 0.9 * plain);
}

TEST_P(EveryFormat, SearchedScalesMoveWeightsLess) {
  const Format &format = parseFormat(GetParam());
  const Linear linear(83, 200, 7);
  const auto squares = [&](const std::vector<float> &q) {
    double sum = 0;
    for (size_t i = 0; i < q.size(); ++i)
      sum += (q[i] - linear.w[i]) * (q[i] - linear.w[i]);
    return sum;
  };
  std::vector<float> rounded = linear.w;
  format.fakeQuantize(linear.weight(), {rounded.data(), 83, 200});
  EXPECT_LE(squares(linear.quantized(format, ScaleChoice::search, false)), squares(rounded) * 1.0001);
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat,
                         testing::Values("mxint4", "mxint3:16x2", "mxint4:1x16/e4", "mxint4:4x48", "mxfp4",
                                         "mxfp6_e3m2", "bmf<2,1>", "bl4", "int4", "int4:row", "int8:1x160",
                                         "fixed<6,8>", "nvfp4", "nvfp4:1x32/e4m3-row", "nvfp4:2x8", "table(nf4)",
                                         "table(nf4):1x32/e8", "table(nf4):1x16/e4m3", "mxint4@mx-cpu", "fp<4,1>"));

// The paper's algorithm as it reads: one column, then all behind it, in double precision.
TEST(Gptq, IsThePapers) {
  const int64_t out = 40, in = 288; // three batches
  const Linear linear(out, in, 8);
  const Format &format = parseFormat("mxint4");
  const ErrorFactor factor(linear.moments(), 0.01);
  std::vector<double> w(linear.w.begin(), linear.w.end());
  std::vector<float> q(w.size());
  std::vector<double> scales(static_cast<size_t>(out));
  for (int64_t c = 0; c < in; ++c)
    for (int64_t r = 0; r < out; ++r) {
      double *row = w.data() + r * in;
      const int64_t first = c / 32 * 32;

      if (c == first) {
        double largest = 0;
        for (int64_t k = 0; k < 32; ++k)
          largest = std::max(largest, std::fabs(row[first + k]));
        scales[static_cast<size_t>(r)] = std::exp2(std::floor(std::log2(largest)));
      }
      const double step = scales[static_cast<size_t>(r)] / 4;
      const double nearest = std::clamp(std::nearbyint(row[c] / step), -7.0, 7.0) * step;
      q[static_cast<size_t>(r * in + c)] = static_cast<float>(nearest);
      const double error = (row[c] - nearest) / factor.row(c)[c];
      for (int64_t k = c; k < in; ++k)
        row[k] -= error * factor.row(c)[k];
    }
  const std::vector<float> ours = linear.quantized(format, ScaleChoice::largest, true);
  int64_t same = 0;
  for (size_t i = 0; i < q.size(); ++i)
    same += q[i] == ours[i];
  // A tie that falls the other way moves what follows in its row.
  EXPECT_GT(same, std::ssize(q) * 97 / 100);
  EXPECT_NEAR(linear.error(ours) / linear.error(q), 1, 0.01);
}

} // namespace
} // namespace mase
