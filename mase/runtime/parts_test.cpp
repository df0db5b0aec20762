// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/parts.h"

#include "mase/formats/registry.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/parallel.h"

#include <gtest/gtest.h>

namespace mase {
namespace {

using testing_model::TinyModel;

// Three whole pieces and one that is cut.
constexpr int64_t length = 150;

Graph longLlama() {
  Graph graph = TinyModel().graph();
  graph.maxRows = length + 10;
  return graph;
}

std::vector<int32_t> text() {
  std::vector<int32_t> ids;
  Random random(7);
  for (int64_t i = 0; i < length; ++i)
    ids.push_back(static_cast<int32_t>(random.below(64)));
  return ids;
}

std::vector<float> valuesOf(ConstMatrixView x) {
  std::vector<float> values;
  for (int64_t r = 0; r < x.rows; ++r)
    values.insert(values.end(), x.row(r), x.row(r) + x.cols);
  return values;
}

TEST(Parts, AreWhatLiesBetweenAttentionsAndTheAttentions) {
  const Graph graph = longLlama();
  const std::vector<Part> parts = partsOf(graph);
  ASSERT_EQ(parts.size(), 5u);
  size_t next = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i].first, next);
    EXPECT_EQ(parts[i].byRows, i % 2 == 0);
    EXPECT_EQ(parts[i].fused != nullptr, i % 2 == 1);
    next = parts[i].last;
  }
  EXPECT_EQ(next, graph.steps.size());
  EXPECT_EQ(parts[1].inputs.size(), 3u);
}

TEST(Parts, AFusionDoesNotHideWhatSomebodyElseReads) {
  Graph graph = longLlama();
  const Part attention = std::move(partsOf(graph)[1]);
  graph.steps.back().inputs.push_back(graph.steps[attention.first].output); // the scores
  EXPECT_EQ(partsOf(graph)[1].fused, nullptr);
  EXPECT_FALSE(partsOf(graph)[1].byRows);
}

// Whoever observes a run sees each step's result, so that steps run one by one.
TEST(Parts, GiveTheBitsOfStepsOneByOne) {
  for (const bool encoder : {false, true})
    for (const char *format : {"fp32", "mxint8", "mxfp8_e4m3", "mxint12", "int8", "mxint4:16x2"}) {
      Plan plan(encoder ? TinyModel().encoder(length) : longLlama());
      const FormatAssignment assignment = plan.uniform(parseFormat(format));
      plan.prepare(assignment);
      Observer observer;
      Sequence one(plan), other(plan);
      const std::vector<int32_t> ids = text();
      EXPECT_EQ(valuesOf(plan.run(one, ids, assignment)),
                valuesOf(plan.run(other, ids, assignment, {.observer = &observer})))
          << format << (encoder ? ", encoder" : "");
    }
}

TEST(Parts, ThreadsDoNotChangeABit) {
  Plan plan(longLlama());
  for (const char *format : {"fp32", "mxint4"}) {
    const FormatAssignment assignment = plan.uniform(parseFormat(format));
    plan.prepare(assignment);
    const auto logits = [&](int threads) {
      setThreads(threads);
      Sequence sequence(plan);
      std::vector<float> values = valuesOf(plan.run(sequence, text(), assignment));
      const std::vector<float> next = valuesOf(plan.run(sequence, std::vector<int32_t>{5}, assignment));
      values.insert(values.end(), next.begin(), next.end());
      setThreads(0);
      return values;
    };
    EXPECT_EQ(logits(1), logits(0)) << format;
  }
}

TEST(Parts, TheLastTokenAloneHasTheSameLogits) {
  for (const bool encoder : {false, true})
    for (const char *format : {"fp32", "mxint4", "int8"}) {
      Plan plan(encoder ? TinyModel().encoder(length) : longLlama());
      const FormatAssignment assignment = plan.uniform(parseFormat(format));
      plan.prepare(assignment);
      Sequence one(plan), other(plan);
      const std::vector<int32_t> ids = text();
      const auto check = [&](std::span<const int32_t> chunk) {
        const ConstMatrixView all = plan.run(one, chunk, assignment);
        const ConstMatrixView last = plan.run(other, chunk, assignment, {.lastToken = true});
        ASSERT_EQ(last.rows, 1);
        EXPECT_EQ(valuesOf(last), valuesOf({all.row(all.rows - 1), 1, all.cols, all.stride})) << format;
      };
      check(ids);
      if (!encoder) { // what was kept of the tokens before is the same, too
        check(std::vector<int32_t>{5, 6, 7});
        check(std::vector<int32_t>{8});
      }
    }
}

} // namespace
} // namespace mase
