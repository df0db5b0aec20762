// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/bit_true_plan.h"

#include "mase/formats/registry.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/error.h"

#include <cmath>
#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::HasSubstr;
using testing_model::TinyModel;

const std::vector<int32_t> text = {5, 17, 3, 44, 9, 9, 30, 1, 12, 40, 22, 8, 0, 47, 33, 2};

/// The tiny model with weights and inputs in `format`, and rules for its edges.
struct Setting {
  explicit Setting(const char *format, const char *rules = "") : assignment(plan.uniform(parseFormat(format))) {
    const FormatConfig config = parseFormatConfig(rules, "f.toml");
    const std::vector<std::span<const int32_t>> windows = {text};
    edges = resolveEdges(plan.graph(), assignment, &config, calibrateEdges(plan, windows));
  }
  Plan plan{TinyModel().graph()};
  FormatAssignment assignment;
  EdgeFormats edges;
};

std::string refusal(const char *format, const char *rules) {
  try {
    const Setting s(format, rules);
    const BitTruePlan plan(s.plan.graph(), s.assignment, s.edges);
  } catch (const InputError &error) {
    return error.what();
  }
  return "accepted";
}

// Law 3.
TEST(BitTruePlan, PrefillEqualsDecode) {
  for (const char *format : {"mxint8", "mxint4", "mxfp4", "mxfp8_e4m3", "bmf<3,4>"})
    for (const char *rules : {"", R"("*.softmax" = { output = "mxint8" }
"*_proj.rope" = { output = "mxfp6_e2m3" })"}) {
      const Setting s(format, rules);
      const BitTruePlan plan(s.plan.graph(), s.assignment, s.edges);
      BitTrueSequence whole(plan), parts(plan);
      const WideRows all = plan.run(whole, text);
      WideSums sums;
      std::vector<int32_t> exponents;
      for (size_t at = 0; at < text.size();) {
        const size_t count = at == 0 ? 5 : 1;
        const WideRows some = plan.run(parts, std::span(text).subspan(at, count));
        sums.insert(sums.end(), some.sum.begin(), some.sum.end());
        exponents.insert(exponents.end(), some.exponent.begin(), some.exponent.end());
        at += count;
      }
      EXPECT_EQ(sums, all.sum) << format << rules;
      EXPECT_EQ(exponents, all.exponent) << format << rules;
    }
}

// Long prompts run in portions; nothing may be lost or doubled where these meet.
TEST(BitTruePlan, PortionsOfALongPromptMeet) {
  const Setting s("mxint6");
  Graph graph = s.plan.graph();
  graph.maxRows = 150;
  std::vector<int32_t> ids;
  for (int i = 0; i < 150; ++i)
    ids.push_back(static_cast<int32_t>((i * 29 + i / 7) % 64));
  const BitTruePlan plan(graph, s.assignment, s.edges);
  BitTrueSequence whole(plan), parts(plan);
  const WideRows all = plan.run(whole, ids);
  ASSERT_EQ(all.rows, 150);
  for (int64_t r = 0; r < all.rows; ++r) {
    const WideRows one = plan.run(parts, std::span(ids).subspan(static_cast<size_t>(r), 1));
    EXPECT_TRUE(std::equal(one.sum.begin(), one.sum.end(), all.sum.begin() + r * all.cols)) << r;
    EXPECT_TRUE(std::equal(one.exponent.begin(), one.exponent.end(), all.exponent.begin() + r * all.blocksPerRow()))
        << r;
  }
}

// Law 4: by how much is the models' to say; here that nothing is off by more than roundings.
TEST(BitTruePlan, IsCloseToTheEmulationOfTheSameEdges) {
  // A rounding that falls the other way is as large as the format's step, so coarser formats differ by more.
  for (const auto &[format, decibels] : {std::pair("mxint8", 30), {"mxint6", 20}, {"mxfp8_e4m3", 20}}) {
    Setting s(format);
    const BitTruePlan plan(s.plan.graph(), s.assignment, s.edges);
    BitTrueSequence integers(plan);
    const std::vector<float> found = toFloats(plan.run(integers, text));
    s.plan.prepare(s.assignment);
    Sequence floats(s.plan);
    const ConstMatrixView emulated =
        s.plan.run(floats, text, s.assignment, {.edges = s.edges.output, .tables = s.edges.table});
    double signal = 0, noise = 0;
    for (int64_t r = 0; r < emulated.rows; ++r)
      for (int64_t c = 0; c < emulated.cols; ++c) {
        const double expected = emulated.row(r)[c], got = found[static_cast<size_t>(r * emulated.cols + c)];
        signal += expected * expected;
        noise += (got - expected) * (got - expected);
      }
    EXPECT_GT(10 * std::log10(signal / noise), decibels) << format;
  }
}

TEST(BitTruePlan, ObserversSeeEveryEdge) {
  class Counter final : public BitTrueObserver {
  public:
    void onEdge(size_t, const IntegerRows &value) override { ++edges, elements += std::ssize(value.rows.q); }
    int edges = 0;
    int64_t elements = 0;
  } counter;
  const Setting s("mxint8");
  const BitTruePlan plan(s.plan.graph(), s.assignment, s.edges);
  BitTrueSequence sequence(plan);
  plan.run(sequence, std::span(text).first(1), &counter);
  EXPECT_EQ(counter.edges, 42); // embedding, 20 a layer, the last norm
  EXPECT_EQ(counter.elements, 64 + 2 * (64 * 9 + 32 * 5 + 4 + 4 + 96 * 4) + 64);
}

TEST(BitTruePlan, Refusals) {
  EXPECT_THAT(refusal("int8", ""), HasSubstr("model.layers.0.input_layernorm: format 'int8:row' is none of an edge"));
  EXPECT_THAT(refusal("mxint8", R"("*.add" = { output = "bf16" })"),
              HasSubstr("model.layers.0.self_attn.o_proj.add: format 'bf16' has no integers, so no hardware computes "
                        "with it (mase formats lists those that have)"));
  EXPECT_THAT(refusal("mxint8", R"("*.add" = { output = "mxfp8_e5m2" })"),
              HasSubstr("format 'mxfp8_e5m2' is none of an edge between operators (blocks of 1x32 or one static scale, "
                        "powers of two, elements below 2^24)"));
  EXPECT_THAT(refusal("mxint8", R"("*.v" = { output = "mxint8" })"),
              HasSubstr("model.layers.0.self_attn.v.matmul: values of attention are in format 'mxint8', whose scales "
                        "change with the token (fixed<W,F> would be right)"));
  EXPECT_THAT(refusal("mxint8", R"("*.k.matmul" = { output = "fixed<20,8>" })"),
              HasSubstr("scores in format 'fixed<20,8>' have no hardware ('fixed<24,10>' would be right)"));
  EXPECT_THAT(refusal("mxint8", R"("*.rope" = { output = "mxint8:1x16" })"), HasSubstr("is none of an edge"));

  const Setting s("mxint8");
  Graph other = s.plan.graph();
  other.steps[0].op.name = "weight";
  try {
    const BitTruePlan unknown(other, s.assignment, s.edges);
    FAIL();
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), HasSubstr("model.embed_tokens: operator 'weight' has no integer model (mase ops lists "
                                        "those that have)"));
  }
  const BitTruePlan plan(s.plan.graph(), s.assignment, s.edges);
  BitTrueSequence sequence(plan);
  try {
    plan.run(sequence, std::vector<int32_t>{64});
    FAIL();
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), HasSubstr("token id 64 is outside the vocabulary (0 to 63)"));
  }
  plan.run(sequence, std::vector<int32_t>(32, 1));
  try {
    plan.run(sequence, std::vector<int32_t>{1});
    FAIL();
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), HasSubstr("33 tokens are more than the model's context (at most 32)"));
  }
}

} // namespace
} // namespace mase
