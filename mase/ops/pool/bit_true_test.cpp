// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Level 3 of pool: a row is taken as it is stored, in every format of an edge.
#include "mase/ops/pool/bit_true.h"

#include "mase/formats/registry.h"
#include "mase/ops/testing/edge_rows.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using namespace mase::testing;

constexpr int64_t rows = 5, cols = 48;

std::vector<double> pooled(const char *token, const Format &from, const Format &to, const BlockIntegers &x) {
  const PoolBitTrue pool({"pool", {{"token", std::string(token)}}, {}, {{1, cols}}, 8}, {{&from}, &to, nullptr});
  const IntegerRows input = {&from, 1, x};
  const IntegerRows *inputs[] = {&input};
  IntegerRows output;
  output.format = &to;
  pool.run({inputs, {}, 0}, output);
  EXPECT_EQ(output.rows.rows, 1);
  return valuesOf(to, output.rows);
}

TEST(PoolBitTrue, TakesTheStoredRow) { // O19
  for (const std::string &name : edgeFormats()) {
    const Format &f = parseFormat(name);
    const BlockIntegers x = edgeRows(f, rows, cols, Spread::far, 1);
    const std::vector<double> all = valuesOf(f, x);
    EXPECT_EQ(pooled("first", f, f, x), std::vector<double>(all.begin(), all.begin() + cols)) << name;
    EXPECT_EQ(pooled("last", f, f, x), std::vector<double>(all.end() - cols, all.end())) << name;
  }
}

TEST(PoolBitTrue, CastsToAnotherFormat) {
  const Format &narrow = parseFormat("mxint4"), &wide = parseFormat("mxint8");
  const BlockIntegers x = edgeRows(narrow, rows, cols, Spread::near, 2);
  const std::vector<double> all = valuesOf(narrow, x);
  EXPECT_EQ(pooled("first", narrow, wide, x), std::vector<double>(all.begin(), all.begin() + cols));
}

} // namespace
} // namespace mase
