// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every table of the compiler: each argument's answer against the function, and how many entries that takes (O4).
#include "mase/ops/function_table.h"

#include "mase/ops/gelu/bit_true.h"
#include "mase/ops/norm_rows.h"
#include "mase/ops/rope/bit_true.h"
#include "mase/ops/silu/bit_true.h"
#include "mase/ops/tanh/bit_true.h"

#include <cmath>
#include <gmock/gmock.h>

namespace mase {
namespace {

double worstOf(const FunctionTable &table, const TabulatedFunction &f) {
  double worst = 0;
  for (uint32_t u = f.least; u <= 1U << f.argumentBits; ++u)
    worst = std::max(
        worst, std::abs(static_cast<double>(table(u)) - std::ldexp(f.f(std::ldexp(u, -f.argumentBits)), f.outputBits)));
  return worst;
}

TEST(FunctionTable, NoAnswerIsOffByMoreThanThreeHalves) { // O4
  const std::pair<TabulatedFunction, int> functions[] = {{siluGate(), 11},      {geluGate(), 11},
                                                         {geluTanhGate(), 11},  {tanhFunction(), 11},
                                                         {reciprocalRoot(), 9}, {quarterSine(), 8}};
  for (const auto &[f, indexBits] : functions) {
    const FunctionTable &table = functionTable(f);
    EXPECT_LE(worstOf(table, f), 1.5) << f.name;
    EXPECT_EQ(table.worstError(), worstOf(table, f)) << f.name;
    EXPECT_EQ(table.indexBits(), indexBits) << f.name;
    EXPECT_EQ(table.entries().size(), (size_t{1} << indexBits) + 1 - static_cast<size_t>(table.first()));
    EXPECT_EQ(&table, &functionTable(f)); // made once
  }
}

TEST(FunctionTable, AnswersAsTheParagraphSays) { // O4, with k = 1, m = 2
  const FunctionTable table({"line", [](double z) { return z <= 0.5 ? z : 0.5 + 3 * (z - 0.5); }, 3, 3});
  EXPECT_EQ(table.indexBits(), 1);
  EXPECT_EQ(table.entries(), (std::vector<int32_t>{0, 4, 16}));
  for (auto [u, answer] : {std::pair(0U, 0), std::pair(1U, 1), std::pair(4U, 4), std::pair(5U, 7), std::pair(8U, 16)})
    EXPECT_EQ(table(u), answer) << u;
}

TEST(FunctionTable, AFunctionThatBendsTakesAllEntries) {
  const FunctionTable table({"step", [](double z) { return z < 0.4 ? 0.0 : 1.0; }, 8, 5});
  EXPECT_EQ(table.indexBits(), 5);
  EXPECT_EQ(table.worstError(), 0);
}

} // namespace
} // namespace mase
