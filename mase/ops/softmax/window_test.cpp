// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What decoders other than LLaMA's ask of softmax, norms and rope: windows, rows of heads, a part of each head. At
// level 3, against the same without; and what has no hardware says so.
#include "mase/formats/registry.h"
#include "mase/ops/hardware_operator.h"
#include "mase/ops/rms_norm/bit_true.h"
#include "mase/ops/rope/bit_true.h"
#include "mase/ops/softmax/bit_true.h"
#include "mase/ops/testing/edge_rows.h"
#include "mase/support/error.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using namespace mase::testing;
using ::testing::HasSubstr;

OperatorDescription softmax(int64_t window) {
  OperatorDescription op = {"softmax", {{"scale", 0.25}, {"causal", true}}, {}, {{2, -1}}, 16};
  if (window > 0)
    op.attributes["window"] = window;
  return op;
}

/// The exponentials of the last of `keys` tokens, both heads.
std::vector<int32_t> exponentials(int64_t window, const std::vector<int32_t> &scores, int64_t keys) {
  const Format &score = parseFormat("fixed<24,10>"), &share = parseFormat("fixed<17,15>");
  const SoftmaxBitTrue level3(softmax(window), {{&score}, &share, nullptr});
  IntegerRows x = {&score, 2, {2, keys, {2, keys}, scores, {-10}}}, y;
  y.format = &share;
  const IntegerRows *inputs[] = {&x};
  level3.run({inputs, {}, keys - 1}, y);
  return {y.rows.q.begin(), y.rows.q.end()};
}

TEST(SoftmaxWindow, HidesOlderKeysWhateverTheyScore) { // O15
  const std::vector<int32_t> scores = {90000, 100, 2000, 300, 3500, 90000, 900, 10, 500, 400};
  const std::vector<int32_t> short_ = {2000, 300, 3500, 10, 500, 400};
  const std::vector<int32_t> all = exponentials(3, scores, 5), few = exponentials(0, short_, 3);
  EXPECT_EQ(all, (std::vector<int32_t>{0, 0, few[0], few[1], few[2], 0, 0, few[3], few[4], few[5]}));
  EXPECT_EQ(few[2], 1 << 15);
  EXPECT_EQ(exponentials(5, scores, 5), exponentials(0, scores, 5));
  EXPECT_NE(exponentials(0, scores, 5), all);
}

TEST(NormsOfHeads, AreThoseOfTheHeadsAsRows) { // O9 to O12
  constexpr int64_t heads = 3, features = 64, rows = 5;
  std::vector<float> gain;
  for (int64_t i = 0; i < features; ++i)
    gain.push_back(0.5F + static_cast<float>(i) / 50);
  const RmsNormBitTrue norm(1e-6, gain);
  for (const std::string &name : edgeFormats()) {
    const Format &f = parseFormat(name);
    const BlockIntegers x = edgeRows(f, rows, heads * features, Spread::far, 4);
    BlockIntegers apart = x;
    apart.rows = rows * heads, apart.cols = features;
    if (f.scaleBits() == 0)
      apart.block = {apart.rows, apart.cols};
    const WideRows together = norm(f, x), one = norm(f, apart);
    EXPECT_TRUE(std::equal(together.sum.begin(), together.sum.end(), one.sum.begin(), one.sum.end())) << name;
    EXPECT_EQ(together.exponent, one.exponent) << name;
  }
}

TEST(RopeInPart, LeavesTheRest) { // O13
  const Format &f = parseFormat("mxint8");
  const BlockIntegers x = edgeRows(f, 3, 64, Spread::near, 6);
  const RopeBitTrue part(32, RopeAngles{10000, 8, 1, std::nullopt});
  EXPECT_EQ(part.steps().size(), 4u);
  EXPECT_EQ(part.steps(), RopeBitTrue(8, 10000).steps());
  const WideRows y = part(f, x, 70);
  const std::vector<double> before = valuesOf(f, x), after = valuesOf(y);
  for (int64_t i = 0; i < 3 * 64; ++i) {
    const auto at = static_cast<size_t>(i);
    if (i % 32 >= 8) {
      EXPECT_NEAR(after[at], before[at], std::ldexp(1.0, y.exponent[static_cast<size_t>(i / 32)] + 4)) << i;
    }
  }
  double turned = 0, whole = 0; // lengths stay
  for (size_t j = 0; j < 4; ++j)
    turned += after[j] * after[j] + after[j + 4] * after[j + 4],
        whole += before[j] * before[j] + before[j + 4] * before[j + 4];
  EXPECT_NEAR(turned, whole, whole * 1e-2);
  EXPECT_NE(after[0], before[0]);
}

TEST(RopeScaled, StretchesLongWavesAlone) {
  const RopeAngles plain = {10000, 0, 1, std::nullopt}, linear = {10000, 0, 4, std::nullopt},
                   llama3 = {10000, 0, 4, RopeAngles::Llama3{1, 4, 64}};
  const std::vector<double> f = ropeFrequencies(plain, 32), g = ropeFrequencies(linear, 32),
                            h = ropeFrequencies(llama3, 32);
  for (size_t j = 0; j < f.size(); ++j)
    EXPECT_DOUBLE_EQ(g[j], f[j] / 4);
  EXPECT_DOUBLE_EQ(h.front(), f.front());
  EXPECT_DOUBLE_EQ(h.back(), g.back());
  int between = 0;
  for (size_t j = 0; j < f.size(); ++j)
    between += h[j] > g[j] * 1.0001 && h[j] < f[j] * 0.9999 ? 1 : 0;
  EXPECT_GT(between, 0);
}

std::string refusalOf(const OperatorDescription &op, const BitTrueFormats &formats) {
  try {
    hardwareEntry(op.name).make({op, formats, {1, 1, 1}});
  } catch (const InputError &error) {
    return error.what();
  }
  return "accepted";
}

TEST(HardwareOfTheFamilies, SaysWhatHasNone) {
  const Format &score = parseFormat("fixed<24,10>"), &share = parseFormat("fixed<17,15>"),
               &edge = parseFormat("mxint8");
  EXPECT_EQ(
      refusalOf(softmax(3), {{&score}, &share, nullptr}),
      "operator 'softmax' has a window of 3 keys in a context of 16, which has no hardware (--context 3 needs none; "
      "docs/adding-an-operator.md says what more would take)");
  EXPECT_EQ(refusalOf(softmax(16), {{&score}, &share, nullptr}), "accepted");
  EXPECT_THAT(
      refusalOf({"rope", {{"theta", 10000.0}, {"rotary", int64_t{8}}}, {}, {{2, 32}}, 16}, {{&edge}, &edge, nullptr}),
      HasSubstr("operator 'rope' turns 8 of 32 features of a head, which has no hardware (mase_rope turns all; "
                "docs/adding-an-operator.md says what more would take)"));
  const std::vector<float> gain(16, 1.0F);
  const OperatorDescription norm = {"rms_norm", {{"epsilon", 1e-6}}, {{"w", {gain.data(), 1, 16}}}, {{2, 16}}, 16};
  EXPECT_THAT(
      refusalOf(norm, {{&edge}, &edge, nullptr}),
      HasSubstr("operator 'rms_norm' works on heads of 16 features, which has no hardware in formats with "
                "blocks (heads of whole blocks of 32 have; docs/adding-an-operator.md says what more would take)"));
  EXPECT_EQ(refusalOf(norm, {{&score}, &score, nullptr}), "accepted");
}

} // namespace
} // namespace mase
