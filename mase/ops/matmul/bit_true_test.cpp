// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/matmul/bit_true.h"

#include "mase/formats/registry.h"
#include "mase/ops/matmul/attention_kernels.h"
#include "mase/ops/matmul/scores_bit_true.h"
#include "mase/ops/softmax/bit_true.h"
#include "mase/ops/testing/edge_rows.h"
#include "mase/support/error.h"
#include "mase/support/random.h"

#include <cmath>
#include <gmock/gmock.h>
#include <hwy/targets.h>
#include <numeric>

namespace mase {
namespace {
using ::testing::HasSubstr;

OperatorDescription product(int64_t heads, int64_t features, bool scores) {
  OperatorDescription op;
  op.name = "matmul";
  op.attributes = {{"transpose_rhs", scores}, {"causal", true}};
  op.inputs = {{heads, features}, {heads, features}};
  op.maxRows = 512;
  return op;
}

double valueOf(const BlockIntegers &x, int64_t row, int64_t column) {
  const auto at = static_cast<size_t>(row * x.cols + column);
  const auto block = static_cast<size_t>(x.exponent.size() == 1 ? 0 : row * x.blocksPerRow() + column / 32);
  return std::ldexp(x.q[at], (x.shift.empty() ? 0 : x.shift[at]) + x.exponent[block]);
}

template <typename Make>
std::string refusal(Make make) {
  try {
    make();
  } catch (const InputError &error) {
    return error.what();
  }
  return "accepted";
}

class Targets : public ::testing::Test {
protected:
  ~Targets() override { hwy::SetSupportedTargetsForTest(0); }
};

// O14 against exact sums of the same elements, each target's bits equal to the first one's.
TEST_F(Targets, ScoresAreTheProductsToHalfAUnitATerm) {
  for (const char *format : {"mxint8", "mxint12", "mxfp4", "mxfp8_e4m3", "fixed<8,5>"})
    for (const int64_t features : {16, 32, 64}) {
      const int64_t heads = 4, group = 2, rows = 9, keys = 21, position = keys - rows;
      const Format &f = parseFormat(format), &scores = parseFormat(scoresFormat(features));
      const IntegerRows q = {&f, heads, testing::edgeRows(f, rows, heads * features, testing::Spread::near, 1)};
      const IntegerRows k = {&f, heads / group,
                             testing::edgeRows(f, keys, heads / group * features, testing::Spread::near, 2)};
      const ScoresBitTrue kernel(product(heads, features, true), {{&f, &f}, &scores, nullptr});
      const IntegerRows *const inputs[] = {&q, &k};
      const int fraction = -scores.operand().minExponent;
      // Half a unit of the score, half a sixteenth a term, and half a unit of the window a product (A18).
      const OperandShape shape = f.operand();
      const int dropped =
          std::max(0, 2 * (shape.significandBits + shape.maxShift) - std::max(2 * shape.significandBits, 24));
      const auto greatest = [](const BlockIntegers &x) {
        return *std::max_element(x.exponent.begin(), x.exponent.end());
      };
      const double bound = 0.5 + static_cast<double>(features) / 16 / 32 +
                           (dropped == 0 ? 0
                                         : std::ldexp(static_cast<double>(features) / 2,
                                                      dropped + greatest(q.rows) + greatest(k.rows) + fraction));
      IntegerRows first;
      for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        IntegerRows result = {&scores, heads, {}};
        kernel.run({inputs, {}, position}, result);
        if (first.rows.q.empty())
          first = result;
        ASSERT_EQ(result.rows.q, first.rows.q) << format << " " << hwy::TargetName(target);
      }
      hwy::SetSupportedTargetsForTest(0);
      for (int64_t h = 0; h < heads; ++h)
        for (int64_t r = 0; r < rows; ++r)
          for (int64_t key = 0; key < keys; ++key) {
            double expected = 0;
            for (int64_t c = 0; c < features; ++c)
              expected += valueOf(q.rows, r, h * features + c) * valueOf(k.rows, key, h / group * features + c);
            expected = std::clamp(std::ldexp(expected, fraction), -8388607.0, 8388607.0);
            const int32_t got = first.rows.q[static_cast<size_t>((h * rows + r) * keys + key)];
            if (key > position + r)
              EXPECT_EQ(got, 0);
            else
              EXPECT_NEAR(got, expected, bound) << format << " " << features;
          }
    }
}

// O15 and O16: attention as a whole, in any format of the exponentials.
TEST(BitTrueAttention, IsSoftmaxTimesValues) {
  const int64_t heads = 2, features = 32, rows = 40, keys = 40;
  const Format &score = parseFormat("fixed<24,10>"), &value = parseFormat("fixed<10,6>");
  OperatorDescription softmax;
  softmax.attributes = {{"scale", 1 / std::sqrt(32.0)}, {"causal", true}};
  BlockIntegers raw = testing::edgeRows(score, heads * rows, keys, testing::Spread::near, 3);
  for (int32_t &q : raw.q)
    q >>= 9; // +-16, as scores are
  const IntegerRows s = {&score, heads, raw};
  const IntegerRows v = {&value, heads, testing::edgeRows(value, keys, heads * features, testing::Spread::near, 4)};
  for (const auto &[format, bound] : {std::pair("fixed<17,15>", 0.02), {"mxint8", 0.3}, {"mxint12", 0.03}}) {
    const Format &p = parseFormat(format);
    IntegerRows shares = {&p, heads, {}};
    const IntegerRows *const scores[] = {&s};
    makeSoftmaxBitTrue(softmax, {{&score}, &p, nullptr})->run({scores, {}, 0}, shares);
    const IntegerRows *const inputs[] = {&shares, &v};
    const WideRows mixed =
        makeMatmulBitTrue(product(heads, features, false), {{&p, &value}, nullptr, nullptr})->wide({inputs, {}, 0});
    for (int64_t h = 0; h < heads; ++h)
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t c = 0; c < features; ++c) {
          double sum = 0, total = 0;
          for (int64_t key = 0; key <= r; ++key) {
            const double share = std::exp(valueOf(raw, h * rows + r, key) / std::sqrt(32.0));
            sum += share * valueOf(v.rows, key, h * features + c);
            total += share;
          }
          const auto at = static_cast<size_t>(r * mixed.cols + h * features + c);
          const double got = std::ldexp(static_cast<double>(mixed.sum[at]), mixed.exponent[at / 32]);
          EXPECT_NEAR(got, sum / total, bound) << format;
          EXPECT_LT(std::abs(mixed.sum[at]), int64_t{1} << (mixed.bits - 1));
        }
  }
}

// Every distance a score can have, and every scale's way.
TEST_F(Targets, ExponentialsAreTheDefinition) {
  const FunctionTable &power = functionTable({"power", [](double z) { return std::exp2(-z); }, 15, 16});
  for (const auto &[kappa, shift] :
       {std::pair(33426, 11), {65535, 11}, {32768, 8}, {40000, 3}, {50000, 14}, {47274, 0}}) {
    const ExponentialStep step = {&power, kappa, shift};
    std::vector<int32_t> score;
    for (int32_t distance = 0; distance < 70000; distance += 7)
      score.push_back(8388607 - distance);
    for (const int32_t distance : {1 << 17, 1 << 20, (1 << 24) - 2})
      score.push_back(8388607 - distance);
    for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      std::vector<int32_t> share(score.size());
      exponentials(step, score.data(), std::ssize(score), share.data());
      for (size_t i = 0; i < score.size(); ++i)
        ASSERT_EQ(share[i], exponential(step, int64_t{8388607} - score[i])) << hwy::TargetName(target) << " " << shift;
    }
  }
}

// O16: the greatest shares and values, odd numbers of keys, ragged groups of rows and features.
TEST_F(Targets, WeightedValuesAreTheDefinition) {
  struct Case {
    int64_t rows, keys, features;
    int valueBits;
  };
  for (const Case &c : {Case{7, 300, 32, 10}, Case{1, 1, 8, 10}, Case{6, 33, 48, 15}, Case{13, 70, 20, 4}}) {
    Random random(static_cast<uint64_t>(c.keys));
    const int64_t stride = c.features + 3, room = c.keys + c.keys % 2;
    const int32_t most = 1 << (c.valueBits - 1);
    std::vector<int32_t> value(static_cast<size_t>(c.keys * stride)), share(static_cast<size_t>(c.rows * c.keys));
    for (int32_t &v : value)
      v = random.below(2) == 0 ? -most : static_cast<int32_t>(random.below(static_cast<uint64_t>(2 * most))) - most;
    for (int32_t &s : share)
      s = random.below(2) == 0 ? 1 << 15 : static_cast<int32_t>(random.below((1 << 15) + 1));
    std::fill_n(share.begin(), c.keys, 1 << 15); // the greatest sum there is
    for (int64_t k = 0; k < c.keys; ++k)
      value[static_cast<size_t>(k * stride)] = -most;
    for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      const ValuePairs pairs = packValues(value.data(), stride, c.keys, c.features);
      std::vector<int16_t> packed(static_cast<size_t>(c.rows * room), 99);
      std::vector<int64_t> sum(static_cast<size_t>(c.rows * pairs.width), 77);
      for (int64_t r = 0; r < c.rows; ++r) {
        const int32_t *row = share.data() + r * c.keys;
        EXPECT_EQ(packShares(row, c.keys, room, packed.data() + r * room),
                  std::accumulate(row, row + c.keys, int64_t{0}));
      }
      weightedValues(pairs, packed.data(), room, c.rows, c.keys, int64_t{1} << std::max(0, 16 - c.valueBits),
                     sum.data());
      for (int64_t r = 0; r < c.rows; ++r)
        for (int64_t f = 0; f < c.features; ++f) {
          int64_t expected = 0;
          for (int64_t k = 0; k < c.keys; ++k)
            expected +=
                int64_t{share[static_cast<size_t>(r * c.keys + k)]} * value[static_cast<size_t>(k * stride + f)];
          ASSERT_EQ(sum[static_cast<size_t>(r * pairs.width + f)], expected)
              << hwy::TargetName(target) << " " << c.keys;
        }
    }
  }
}

TEST(BitTrueAttention, Refusals) {
  const Format &eight = parseFormat("mxint8"), &scores = parseFormat("fixed<24,10>"), &bf16 = parseFormat("bf16");
  EXPECT_THAT(refusal([&] {
                makeMatmulBitTrue(product(2, 32, true), {{&bf16, &eight}, &scores, nullptr});
              }),
              HasSubstr("queries in format 'bf16' have no integer product (blocks of 1x32 under powers of two or fixed "
                        "point would be right)"));
  EXPECT_THAT(refusal([&] {
                makeSoftmaxBitTrue({}, {{&eight}, &eight, nullptr});
              }),
              HasSubstr("scores in format 'mxint8' have no exponential (fixed<W,F> would be right)"));
  OperatorDescription longer = product(2, 32, false);
  longer.maxRows = 1 << 20;
  EXPECT_THAT(refusal([&] {
                makeMatmulBitTrue(longer, {{&parseFormat("fixed<17,15>"), &parseFormat("fixed<16,8>")}, {}, {}});
              }),
              HasSubstr("weighted sums of 1048576 values in 'fixed<16,8>' take 52 bits (46 are possible)"));
}

} // namespace
} // namespace mase
