// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Models that classify texts, at every level: an encoder whose attention sees the whole text, and a decoder whose last
// token is asked.
#include "mase/formats/registry.h"
#include "mase/runtime/evaluate.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAreArray;
using testing_model::TinyModel;

const std::vector<int32_t> text = {5, 17, 3, 44, 9, 9, 30, 1, 12, 40, 22, 8, 0, 47, 33, 2};
const std::vector<int32_t> types = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

std::vector<int32_t> longText(int64_t tokens) {
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < tokens; ++i)
    ids.push_back(static_cast<int32_t>((i * 29 + i / 7) % 48));
  return ids;
}

/// The tiny LLaMA with the row of its last token in front of the head.
Graph pooledDecoder(int64_t positions) {
  Graph graph = TinyModel().graph();
  graph.maxRows = positions;
  GraphStep head = graph.steps.back(), pool;
  pool.op = {"pool", {{"token", std::string("last")}}, {}, {{1, 64}}, positions};
  pool.inputs = head.inputs;
  pool.output = static_cast<int>(graph.values.size());
  graph.values.push_back({1, 64, 1});
  graph.values[static_cast<size_t>(head.output)].rows = 1;
  head.inputs = {pool.output};
  graph.steps.back() = pool;
  graph.steps.push_back(head);
  return graph;
}

struct Setting {
  explicit Setting(Graph graph, const char *format = "fp32")
      : plan(std::move(graph)), assignment(plan.uniform(parseFormat(format))) {
    const std::vector<std::span<const int32_t>> windows = {text};
    if (assignment[0] != &fp32())
      edges = resolveEdges(plan.graph(), assignment, nullptr, calibrateEdges(plan, windows));
    plan.prepare(assignment);
  }
  /// The one row of logits.
  std::vector<float> run(const std::vector<int32_t> &ids, std::span<const int32_t> tokenTypes = {}) const {
    Sequence sequence(plan);
    const ConstMatrixView logits =
        plan.run(sequence, ids, assignment, {.edges = edges.output, .tables = edges.table, .tokenTypes = tokenTypes});
    EXPECT_EQ(logits.rows, 1);
    return {logits.row(0), logits.row(0) + logits.cols};
  }
  std::vector<float> runIntegers(const std::vector<int32_t> &ids, std::span<const int32_t> tokenTypes = {}) const {
    const BitTruePlan integers(plan.graph(), assignment, edges);
    BitTrueSequence sequence(integers);
    const WideRows logits = integers.run(sequence, ids, nullptr, tokenTypes);
    EXPECT_EQ(logits.rows, 1);
    return toFloats(logits);
  }
  Plan plan;
  FormatAssignment assignment;
  EdgeFormats edges;
};

double decibels(const std::vector<float> &expected, const std::vector<float> &got) {
  double signal = 0, noise = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    signal += expected[i] * expected[i];
    noise += (got[i] - expected[i]) * (got[i] - expected[i]);
  }
  return 10 * std::log10(signal / noise);
}

TEST(Encoder, TheFirstTokenSeesAll) {
  const Setting s{TinyModel().encoder()};
  EXPECT_TRUE(needsWholeSequence(s.plan.graph()));
  EXPECT_EQ(s.plan.outputs(), 3);
  const std::vector<float> logits = s.run(text);
  ASSERT_EQ(logits.size(), 3u);
  std::vector<int32_t> other = text;
  other.back() = 3;
  EXPECT_NE(s.run(other), logits);
  EXPECT_NE(s.run({text.begin(), text.end() - 1}), logits);
}

TEST(Encoder, TypesCountAndAreZeroUnlessGiven) {
  for (const char *format : {"fp32", "mxint8"}) {
    const Setting s(TinyModel().encoder(), format);
    const std::vector<int32_t> zeros(text.size());
    EXPECT_EQ(s.run(text, zeros), s.run(text)) << format;
    EXPECT_NE(s.run(text, types), s.run(text)) << format;
    if (s.edges.output.empty())
      continue;
    EXPECT_EQ(s.runIntegers(text, zeros), s.runIntegers(text));
    EXPECT_NE(s.runIntegers(text, types), s.runIntegers(text));
  }
}

// Beyond the portions in which decoders run, too.
TEST(Encoder, IntegersAreCloseToTheEmulationOfTheSameEdges) {
  for (const auto &[format, least] : {std::pair("mxint8", 28), {"mxint6", 18}})
    for (int64_t tokens : {16, 100}) {
      const Setting s(TinyModel().encoder(100), format);
      const std::vector<int32_t> ids = longText(tokens);
      EXPECT_GT(decibels(s.run(ids), s.runIntegers(ids)), least) << format << ", " << tokens;
    }
}

std::string refusal(const std::function<void()> &act) {
  try {
    act();
  } catch (const InputError &error) {
    return error.what();
  }
  return "accepted";
}

TEST(Encoder, RefusesToGoOnAndOtherTypes) {
  const Setting s(TinyModel().encoder(), "mxint8");
  const BitTruePlan integers(s.plan.graph(), s.assignment, s.edges);
  Sequence floats(s.plan);
  BitTrueSequence wide(integers);
  const auto both = [&](const std::vector<int32_t> &ids, const std::vector<int32_t> &kinds) {
    const std::string said = refusal([&] { s.plan.run(floats, ids, s.assignment, {.tokenTypes = kinds}); });
    EXPECT_EQ(refusal([&] { integers.run(wide, ids, nullptr, kinds); }), said);
    return said;
  };
  EXPECT_EQ(both({1, 2}, {0}), "1 types for 2 tokens (one for each is right)");
  EXPECT_EQ(both({1, 2}, {0, 2}), "token type 2 is none of the model's (0 to 1)");
  EXPECT_EQ(both({1, 2}, {0, -1}), "token type -1 is none of the model's (0 to 1)");
  EXPECT_EQ(both({1, 2}, {}), "accepted");
  EXPECT_EQ(both({3}, {}),
            "the model's attention sees the whole text, which cannot be continued (all of it at once is right)");
  const Setting decoder{TinyModel().graph()};
  Sequence sequence(decoder.plan);
  const std::vector<int32_t> zero = {0};
  EXPECT_EQ(refusal([&] { decoder.plan.run(sequence, zero, decoder.assignment, {.tokenTypes = zero}); }),
            "the model has no types of tokens (none is right)");
}

TEST(PooledDecoder, GivesTheLastTokensLogits) {
  const std::vector<int32_t> ids = longText(150);
  Graph whole = TinyModel().graph();
  whole.maxRows = 150;
  const Setting pooled(pooledDecoder(150), "mxint6"), plain(whole, "mxint6");
  EXPECT_FALSE(needsWholeSequence(pooled.plan.graph()));
  Sequence sequence(plain.plan);
  const ConstMatrixView all =
      plain.plan.run(sequence, ids, plain.assignment, {.edges = plain.edges.output, .tables = plain.edges.table});
  EXPECT_THAT(pooled.run(ids), ElementsAreArray(all.row(149), 64));

  const BitTruePlan integers(plain.plan.graph(), plain.assignment, plain.edges);
  BitTrueSequence wide(integers);
  const std::vector<float> rows = toFloats(integers.run(wide, ids));
  EXPECT_THAT(pooled.runIntegers(ids), ElementsAreArray(rows.data() + 149 * 64, 64));
}

TEST(Classifier, LossAndAccuracyAreOfClasses) {
  const std::vector<std::vector<int32_t>> texts = {text, longText(7), longText(20), {4, 4}};
  const std::vector<int32_t> labels = {0, 1, 2, 1};
  std::vector<WindowView> examples;
  for (size_t i = 0; i < texts.size(); ++i)
    examples.push_back({texts[i], std::span(labels).subspan(i, 1)});
  Setting s(TinyModel().encoder(), "mxint8");
  double loss = 0;
  int hits = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::vector<float> logits = s.runIntegers(texts[i]);
    double sum = 0;
    for (float logit : logits)
      sum += std::exp(static_cast<double>(logit));
    loss += std::log(sum) - logits[static_cast<size_t>(labels[i])];
    hits += std::max_element(logits.begin(), logits.end()) - logits.begin() == labels[i];
  }
  const BitTruePlan integers(s.plan.graph(), s.assignment, s.edges);
  const LossResult result = evaluate(integers, examples);
  EXPECT_NEAR(result.loss, loss / 4, 1e-5);
  EXPECT_EQ(result.accuracy, hits / 4.0);
  EXPECT_EQ(result.tokens, 16 + 7 + 20 + 2);
  setThreads(1);
  EXPECT_EQ(evaluate(integers, examples).windowLosses, result.windowLosses);
  const Reference reference(s.plan, examples);
  const LossResult one = evaluate(s.plan, s.assignment, examples, &reference);
  setThreads(0);
  EXPECT_EQ(evaluate(s.plan, s.assignment, examples, &reference).windowDivergences, one.windowDivergences);
  for (double divergence : one.windowDivergences)
    EXPECT_TRUE(divergence > -1e-6 && divergence < 0.1) << divergence;
}

} // namespace
} // namespace mase
