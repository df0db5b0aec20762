// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Level 3 of rms_norm and layer_norm against double precision (O9 to O12).
#include "mase/ops/norm_rows.h"

#include "mase/formats/registry.h"
#include "mase/ops/layer_norm/bit_true.h"
#include "mase/ops/rms_norm/bit_true.h"
#include "mase/ops/testing/edge_rows.h"
#include "mase/support/random.h"

#include <cmath>
#include <gmock/gmock.h>

namespace mase {
namespace {

using namespace mase::testing;

std::vector<float> gains(int64_t count, uint64_t seed, double least, double most) {
  Random random(seed);
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<float>(least + random.uniform() * (most - least)));
  return values;
}

struct Case {
  Centering centering;
  std::string format;
  int64_t features;
  double epsilon;
  Spread spread;
};

/// The worst error of a row in units of 2^-16 of its largest output, the largest gain or what the mean would
/// give, whichever is most.
double worstOf(const Case &v) {
  const int64_t rows = 24, n = v.features;
  const bool centers = v.centering == Centering::mean;
  const Format &f = parseFormat(v.format);
  const std::vector<float> gain = gains(n, 1, 0.5, 2), offset = centers ? gains(n, 2, -1, 1) : std::vector<float>{};
  const NormRows norm(v.centering, v.epsilon, gain, offset);
  const BlockIntegers x = edgeRows(f, rows, n, v.spread, 7);
  const WideRows y = norm(f, x);
  EXPECT_TRUE(keepsItsWidth(y)) << v.format << " " << n;
  const std::vector<double> a = valuesOf(f, x), got = valuesOf(y);
  double worst = 0;
  for (int64_t r = 0; r < rows; ++r) {
    const double *row = a.data() + r * n;
    long double mean = 0, squares = 0;
    for (int64_t i = 0; i < n && centers; ++i)
      mean += row[i];
    mean /= static_cast<long double>(n);
    for (int64_t i = 0; i < n; ++i)
      squares += (row[i] - mean) * (row[i] - mean);
    const long double factor = 1 / std::sqrt(squares / static_cast<long double>(n) + v.epsilon);
    double error = 0, largest = 2 * std::max(1.0, static_cast<double>(std::abs(mean) * factor));
    for (int64_t i = 0; i < n; ++i) {
      const auto at = static_cast<size_t>(i);
      const auto exact = static_cast<double>((row[i] - mean) * factor * gain[at] + (centers ? offset[at] : 0));
      error = std::max(error, std::abs(got[static_cast<size_t>(r * n + i)] - exact));
      largest = std::max(largest, std::abs(exact));
    }
    if (f.scaleBits() > 0 || edgeBits(f) <= 16 || r % 6 != 4) // O10: small rows of wide static formats lose bits
      worst = std::max(worst, error / largest * 65536);
  }
  return worst;
}

double worstOf(Centering centering) {
  double worst = 0;
  for (const std::string &name : edgeFormats())
    for (Spread spread : {Spread::near, Spread::far, Spread::whole})
      for (int64_t features : {32, 64, 352, 2048})
        for (double epsilon : {1e-5, 1e-6})
          worst = std::max(worst, worstOf({centering, name, features, epsilon, spread}));
  return worst;
}

TEST(RmsNormBitTrue, IsCloseToTheFunction) { // O9 to O12
  const double worst = worstOf(Centering::none);
  EXPECT_LE(worst, 8);
  EXPECT_GT(worst, 2);
}

TEST(LayerNormBitTrue, IsCloseToTheFunction) { // O9 to O12
  EXPECT_LE(worstOf(Centering::mean), 14);
}

TEST(NormRows, ARowOfZerosGivesItsOffsets) {
  const std::vector<float> gain(64, 1.0F), offset = gains(64, 2, -1, 1);
  const Format &f = parseFormat("mxint8");
  const BlockIntegers x = {1, 64, BlockShape{}, std::vector<int32_t>(64, 0), {-133, -133}};
  for (double epsilon : {1e-5, 0.0}) {
    for (double value : valuesOf(RmsNormBitTrue(epsilon, gain)(f, x)))
      EXPECT_EQ(value, 0);
    const std::vector<double> y = valuesOf(LayerNormBitTrue(epsilon, gain, offset)(f, x));
    for (size_t i = 0; i < y.size(); ++i)
      EXPECT_NEAR(y[i], offset[i], 1e-6);
  }
}

TEST(NormRows, ConstantsAreThoseOfTheParagraphs) { // O9, O10, O12
  const std::vector<float> gain = {1, -2, 0.5F, 0}, offset = {0, 1000, -3, 0};
  const NormConstants k = LayerNormBitTrue(1e-5, gain, offset).constants();
  EXPECT_EQ(k.rho, 1 << 16);
  EXPECT_EQ(k.featureBits, 2);
  EXPECT_NEAR(std::ldexp(static_cast<double>(k.kappa), k.z), 4e-5, 1e-9);
  EXPECT_TRUE(k.kappa >= 1 << 15 && k.kappa < 1 << 16);
  EXPECT_EQ(k.g, -12); // the largest gain times 2 is 4 = 2^14 * 2^-12
  EXPECT_EQ(k.gain, (std::vector<int32_t>{8192, -16384, 4096, 0}));
  EXPECT_EQ(k.offset[1], 1000 << 20);
  EXPECT_EQ(k.offsetBits, 30);
  EXPECT_EQ(k.sumBits(), 32);
}

TEST(NormRows, LargeOffsetsMoveTheUnit) { // O12: at most 40 bits
  const std::vector<float> gain(32, 1e-20F), offset(32, 1.0F);
  const NormConstants k = LayerNormBitTrue(1e-5, gain, offset).constants();
  EXPECT_EQ(k.offsetBits, 38);
  EXPECT_EQ(k.sumBits(), 40);
  EXPECT_EQ(k.gain[0], 0);
}

} // namespace
} // namespace mase
