// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Level 3 of rope against double precision (O13).
#include "mase/ops/rope/bit_true.h"

#include "mase/formats/registry.h"
#include "mase/ops/testing/edge_rows.h"

#include <cmath>
#include <gmock/gmock.h>

namespace mase {
namespace {

using namespace mase::testing;

/// The worst error in units of 2^(E' - 4) (what alignment drops) + 2^-16 of the pair's length (sine and phase).
double worstOf(const Format &f, int64_t headDim, int64_t cols, int64_t position, Spread spread) {
  const int64_t rows = 24;
  const RopeBitTrue rope(headDim, 10000);
  const BlockIntegers x = edgeRows(f, rows, cols, spread, 5);
  const WideRows y = rope(f, x, position);
  EXPECT_TRUE(keepsItsWidth(y)) << f.name();
  const std::vector<double> a = valuesOf(f, x), got = valuesOf(y);
  double worst = 0;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < cols; ++c) {
      const int64_t j = c % headDim % (headDim / 2), pair = r * cols + c / headDim * headDim + j;
      const double angle = static_cast<double>(position + r) *
                           std::pow(10000.0, -2.0 * static_cast<double>(j) / static_cast<double>(headDim));
      const double p = a[static_cast<size_t>(pair)], q = a[static_cast<size_t>(pair + headDim / 2)];
      const bool second = c % headDim >= headDim / 2;
      const double exact =
          second ? q * std::cos(angle) + p * std::sin(angle) : p * std::cos(angle) - q * std::sin(angle);
      const double unit = std::ldexp(1.0, exponentAt(y, r, c) + 8), length = std::hypot(p, q);
      worst =
          std::max(worst, std::abs(got[static_cast<size_t>(r * cols + c)] - exact) / (unit / 16 + length * 0x1p-16));
    }
  return worst;
}

TEST(RopeBitTrue, IsCloseToTheRotation) { // O13
  double worst = 0;
  for (const std::string &name : edgeFormats())
    for (Spread spread : {Spread::near, Spread::far, Spread::whole})
      for (auto [headDim, cols] : {std::pair(16, 64), std::pair(64, 128), std::pair(48, 96), std::pair(64, 64)})
        for (int64_t position : {0, 5, 500, 4000})
          worst = std::max(worst, worstOf(parseFormat(name), headDim, cols, position, spread));
  EXPECT_LE(worst, 1.5);
  EXPECT_GT(worst, 1.0);
}

TEST(RopeBitTrue, PositionsAreThoseOfTheRows) { // law 3: all at once is one by one
  const Format &f = parseFormat("mxint8");
  const RopeBitTrue rope(64, 10000);
  const BlockIntegers x = edgeRows(f, 7, 128, Spread::near, 1);
  const WideRows all = rope(f, x, 100);
  for (int64_t r = 0; r < 7; ++r) {
    const BlockIntegers row = {1,
                               128,
                               BlockShape{},
                               {x.q.begin() + r * 128, x.q.begin() + (r + 1) * 128},
                               {x.exponent.begin() + r * 4, x.exponent.begin() + (r + 1) * 4}};
    const WideRows one = rope(f, row, 100 + r);
    EXPECT_TRUE(std::equal(one.sum.begin(), one.sum.end(), all.sum.begin() + r * 128));
  }
}

TEST(RopeSine, IsASine) { // O13
  double worst = 0;
  for (uint64_t phase = 0; phase < uint64_t{1} << 32; phase += 999983)
    worst = std::max(worst, std::abs(static_cast<double>(ropeSine(static_cast<uint32_t>(phase))) -
                                     65536 * std::sin(static_cast<double>(phase) * 0x1p-31 * M_PI)));
  EXPECT_LE(worst, 1.5);
  EXPECT_EQ(ropeSine(0), 0);
  EXPECT_EQ(ropeSine(1U << 30), 65536);
  EXPECT_EQ(ropeSine(3U << 30), -65536);
}

} // namespace
} // namespace mase
