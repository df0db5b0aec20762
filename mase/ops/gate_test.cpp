// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Level 3 of silu, both gelus and tanh against double precision (O8).
#include "mase/ops/gate.h"

#include "mase/formats/registry.h"
#include "mase/ops/gelu/bit_true.h"
#include "mase/ops/silu/bit_true.h"
#include "mase/ops/tanh/bit_true.h"
#include "mase/ops/testing/edge_rows.h"

#include <cmath>
#include <gmock/gmock.h>
#include <hwy/targets.h>

namespace mase {
namespace {

using namespace mase::testing;

/// The worst |got - exact| * 2^16 / scale(x) over all formats and spreads.
double worstOf(WideRows (*operation)(const Format &, const BlockIntegers &), double (*exact)(double),
               double (*scale)(double)) {
  double worst = 0;
  for (const std::string &name : edgeFormats())
    for (Spread spread : {Spread::near, Spread::far, Spread::whole}) {
      const Format &f = parseFormat(name);
      const BlockIntegers x = edgeRows(f, 60, 160, spread, 3);
      const WideRows y = operation(f, x);
      EXPECT_TRUE(keepsItsWidth(y)) << name;
      const std::vector<double> a = valuesOf(f, x), got = valuesOf(y);
      for (size_t i = 0; i < got.size(); ++i)
        if (a[i] == 0)
          EXPECT_EQ(got[i], 0);
        else
          worst = std::max(worst, std::abs(got[i] - exact(a[i])) / scale(a[i]) * 65536);
    }
  return worst;
}

// The definition element by element, on every instruction set of this machine, for scales far beyond both limits.
TEST(GateKernel, IsTheDefinition) {
  const FunctionTable &table = functionTable(siluGate());
  for (const char *name : {"mxint12", "mxint4", "mxfp6_e2m3", "fixed<20,10>"}) {
    const Format &f = parseFormat(name);
    BlockIntegers x = edgeRows(f, 90, 75, Spread::whole, 5); // 75: ragged
    for (size_t b = 0; b < x.exponent.size() && x.exponent.size() > 1; ++b)
      x.exponent[b] = static_cast<int32_t>(b % 90) - 60;
    const WholeRows whole(f, x);
    for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      const WideRows y = gateBitTrue(table, f, x);
      for (int64_t r = 0; r < y.rows; ++r)
        for (int64_t c = 0; c < y.cols; ++c) {
          const auto value = static_cast<int32_t>(whole.value(r, c));
          const int64_t t = gateArgument(value, whole.exponent(r, c / 32));
          ASSERT_EQ(y.sum[static_cast<size_t>(r * y.cols + c)], value * table(static_cast<uint32_t>(t + (1 << 15))))
              << name << " " << hwy::TargetName(target) << " " << whole.exponent(r, c / 32);
        }
    }
    hwy::SetSupportedTargetsForTest(0);
  }
}

double size(double x) { return std::abs(x); }

TEST(SiluBitTrue, IsCloseToTheFunction) { // O8
  const double worst = worstOf(
      siluBitTrue, [](double x) { return x / (1 + std::exp(-x)); }, size);
  EXPECT_LE(worst, 5.0);
  EXPECT_GT(worst, 4.0);
}

TEST(GeluBitTrue, IsCloseToTheFunction) { // O8
  const double worst = worstOf(
      geluBitTrue, [](double x) { return x * std::erfc(-x / std::sqrt(2.0)) / 2; }, size);
  EXPECT_LE(worst, 7.5);
  EXPECT_GT(worst, 6.0);
}

TEST(GeluTanhBitTrue, IsCloseToTheFunction) { // O8
  const double worst = worstOf(
      geluTanhBitTrue, [](double x) { return x / (1 + std::exp(-1.5957691216057308 * (x + 0.044715 * x * x * x))); },
      size);
  EXPECT_LE(worst, 7.5);
  EXPECT_GT(worst, 6.0);
}

TEST(TanhBitTrue, IsCloseToTheFunction) { // O8
  const double worst = worstOf(
      tanhBitTrue, [](double x) { return std::tanh(x); }, [](double) { return 1.0; });
  EXPECT_LE(worst, 17.0);
  EXPECT_GT(worst, 15.0);
}

TEST(GateArgument, Saturates) { // O8
  EXPECT_EQ(gateArgument(1, 0), 2048);
  EXPECT_EQ(gateArgument(-16, 0), -32768);
  EXPECT_EQ(gateArgument(16, 0), 32767);
  EXPECT_EQ(gateArgument(-(1 << 20) + 1, 127), -32768);
  EXPECT_EQ(gateArgument(1, 200), 32767);
  EXPECT_EQ(gateArgument(0, 200), 0);
  EXPECT_EQ(gateArgument(1, -12), 1); // half up
  EXPECT_EQ(gateArgument(-1, -12), 0);
  EXPECT_EQ(gateArgument(-((1 << 20) - 1), -150), 0);
}

} // namespace
} // namespace mase
