// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Level 3 of add, mul and relu, the operators that need no table, and of embedding.
#include "mase/ops/add/bit_true.h"

#include "mase/formats/registry.h"
#include "mase/ops/cast/bit_true.h"
#include "mase/ops/embedding/bit_true.h"
#include "mase/ops/mul/bit_true.h"
#include "mase/ops/relu/bit_true.h"
#include "mase/ops/testing/edge_rows.h"

#include <cmath>
#include <gmock/gmock.h>

namespace mase {
namespace {

using namespace mase::testing;

void forEachPair(const std::function<void(const Format &, const Format &, Spread)> &test) {
  for (const std::string &x : edgeFormats())
    for (const std::string &y : edgeFormats())
      for (Spread spread : {Spread::near, Spread::far, Spread::whole})
        test(parseFormat(x), parseFormat(y), spread);
}

TEST(AddBitTrue, IsWithinOneUnitOfTheExactSum) { // O6
  double worst = 0;
  forEachPair([&](const Format &f, const Format &g, Spread spread) {
    const BlockIntegers x = edgeRows(f, 12, 80, spread, 1), y = edgeRows(g, 12, 80, spread, 2);
    const WideRows sum = addBitTrue(f, x, g, y);
    ASSERT_TRUE(keepsItsWidth(sum)) << f.name() << " " << g.name();
    const std::vector<double> a = valuesOf(f, x), b = valuesOf(g, y), got = valuesOf(sum);
    for (int64_t i = 0; i < 12 * 80; ++i) {
      const auto at = static_cast<size_t>(i);
      worst = std::max(worst, std::ldexp(std::abs(got[at] - (a[at] + b[at])), -exponentAt(sum, i / 80, i % 80)));
    }
  });
  EXPECT_LE(worst, 0.5); // one of the two is never shifted
  EXPECT_GT(worst, 0.49);
}

TEST(AddBitTrue, RoundsHalfUp) { // O3, O6
  const Format &f = parseFormat("mxint8");
  const BlockIntegers x = {1, 2, BlockShape{}, {1, 3}, {0}}, y = {1, 2, BlockShape{}, {1, -1}, {-11}};
  const WideRows sum = addBitTrue(f, x, f, y);
  EXPECT_EQ(sum.sum, (WideSums{1025, 3072})); // 2^-11 is half a unit
  EXPECT_EQ(sum.exponent[0], -10);
  EXPECT_EQ(sum.bits, 7 + 12);
}

TEST(MulBitTrue, IsExact) { // O7
  forEachPair([&](const Format &f, const Format &g, Spread spread) {
    const BlockIntegers x = edgeRows(f, 12, 80, spread, 1), y = edgeRows(g, 12, 80, spread, 2);
    const WideRows product = mulBitTrue(f, x, g, y);
    ASSERT_TRUE(keepsItsWidth(product)) << f.name() << " " << g.name();
    const std::vector<double> a = valuesOf(f, x), b = valuesOf(g, y), got = valuesOf(product);
    for (size_t i = 0; i < got.size(); ++i)
      ASSERT_EQ(got[i], a[i] * b[i]);
  });
}

TEST(ReluBitTrue, IsExact) { // O8
  for (const std::string &name : edgeFormats()) {
    const Format &f = parseFormat(name);
    const BlockIntegers x = edgeRows(f, 12, 80, Spread::whole, 1);
    const WideRows y = reluBitTrue(f, x);
    EXPECT_TRUE(keepsItsWidth(y));
    const std::vector<double> a = valuesOf(f, x), got = valuesOf(y);
    for (size_t i = 0; i < got.size(); ++i)
      ASSERT_EQ(got[i], std::max(a[i], 0.0));
  }
}

TEST(EmbeddingRows, AreThoseOfTheTable) { // O5
  for (const char *name : {"mxint4", "mxfp8_e4m3", "fixed<16,8>"}) {
    const Format &f = parseFormat(name);
    const BlockIntegers table = edgeRows(f, 7, 80, Spread::far, 1);
    const std::vector<int32_t> ids = {6, 0, 6, 3};
    const BlockIntegers rows = embeddingRows(table, ids);
    ASSERT_EQ(rows.rows, 4);
    const std::vector<double> all = valuesOf(f, table), got = valuesOf(f, rows);
    for (size_t r = 0; r < ids.size(); ++r)
      for (size_t c = 0; c < 80; ++c)
        ASSERT_EQ(got[r * 80 + c], all[static_cast<size_t>(ids[r]) * 80 + c]) << name;
    EXPECT_EQ(castRows(f, widen(f, rows)).q, castRows(f, widen(f, rows)).q);
  }
}

} // namespace
} // namespace mase
