// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A few layers at a time gives the loss of all at once in every bit, and loads each weight once a batch.
#include "mase/runtime/layered.h"

#include "mase/formats/registry.h"
#include "mase/runtime/tiny_model.h"

#include <atomic>
#include <gtest/gtest.h>

namespace mase {
namespace {

// The graph without its weights: whoever needs one asks for it.
Graph unloaded(const Graph &graph, std::atomic<int> &loads) {
  Graph result = graph;
  for (GraphStep &step : result.steps)
    for (Constant &constant : step.op.constants) {
      constant.load = [values = constant.values, memory = graph.memory, &loads] {
        ++loads;
        return std::vector<float>(values.data, values.data + values.rows * values.cols);
      };
      constant.values.data = nullptr;
    }
  return result;
}

int constantsOf(const Graph &graph) {
  int count = 0;
  for (const GraphStep &step : graph.steps)
    count += static_cast<int>(step.op.constants.size());
  return count;
}

struct Layered : testing::TestWithParam<const char *> {};

TEST_P(Layered, LossIsThatOfAllLayersAtOnce) {
  const Graph graph = testing_model::TinyModel().graph();
  Plan plan(graph);
  const FormatAssignment assignment = plan.uniform(parseFormat(GetParam()));
  std::vector<std::vector<int32_t>> texts;
  for (int w = 0; w < 5; ++w)
    for (int t = (texts.emplace_back(), 0); t < 9 + 5 * w; ++t)
      texts.back().push_back((7 * t * t + 3 * w) % 64);
  std::vector<WindowView> windows;
  for (const std::vector<int32_t> &text : texts)
    windows.push_back({std::span(text).first(text.size() - 1), std::span(text).subspan(1)});
  const LossResult expected = evaluate(plan, assignment, windows);

  std::atomic<int> loads = 0;
  const Graph bare = unloaded(graph, loads);
  int64_t most = 0;
  for (const int64_t limit : {int64_t{1}, int64_t{40000}, int64_t{100000}, int64_t{1} << 40}) {
    loads = 0;
    int64_t batches = 0;
    std::atomic<int64_t> done = 0;
    const auto progress = [&](int64_t now) {
      EXPECT_LE(now, 5);
      for (int64_t before = done; now > before && !done.compare_exchange_weak(before, now);)
        ;
    };
    const LossResult result = evaluateByLayers(bare, assignment, windows, limit, &batches, progress);
    EXPECT_EQ(done, 5) << limit;
    EXPECT_EQ(result.windowLosses, expected.windowLosses) << limit;
    EXPECT_EQ(result.loss, expected.loss) << limit;
    EXPECT_EQ(result.accuracy, expected.accuracy) << limit;
    EXPECT_EQ(loads, batches * constantsOf(graph)) << limit;
    most = std::max(most, batches);
  }
  EXPECT_EQ(most, 5) << "one window at a time where there is no room";
  EXPECT_GT(residentBytes(bare), int64_t{100000});
}

INSTANTIATE_TEST_SUITE_P(Formats, Layered, testing::Values("fp32", "mxint4", "int8:row", "fixed<8,5>"),
                         [](const auto &info) { return "f" + std::to_string(info.index); });

TEST(Layered, AClassifierAnswersTheSame) {
  const Graph graph = testing_model::TinyModel().encoder();
  Plan plan(graph);
  const FormatAssignment assignment = plan.uniform(parseFormat("mxint6"));
  const std::vector<int32_t> text = {1, 5, 9, 33, 60}, label = {2};
  const std::vector<WindowView> windows = {{text, label}};
  std::atomic<int> loads = 0;
  EXPECT_EQ(evaluateByLayers(unloaded(graph, loads), assignment, windows, 1).windowLosses,
            evaluate(plan, assignment, windows).windowLosses);
}

} // namespace
} // namespace mase
