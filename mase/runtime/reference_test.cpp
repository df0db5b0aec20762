// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/reference.h"

#include "mase/formats/registry.h"
#include "mase/runtime/evaluate.h"
#include "mase/support/random.h"

#include <cmath>
#include <gmock/gmock.h>

namespace mase {
namespace {

/// An embedding and a linear on top of it: the smallest language model.
struct Bigram {
  static constexpr int64_t vocabulary = 40, width = 32;
  std::shared_ptr<std::vector<float>> memory = std::make_shared<std::vector<float>>();
  std::vector<int32_t> ids;
  std::vector<WindowView> windows;

  Bigram() {
    Random random(1);
    for (int64_t i = 0; i < 2 * vocabulary * width; ++i)
      memory->push_back(static_cast<float>(2 * random.uniform() - 1));
    for (int i = 0; i < 61; ++i)
      ids.push_back(static_cast<int32_t>(random.below(vocabulary)));
    for (size_t w = 0; w < 3; ++w)
      windows.push_back({std::span(ids).subspan(20 * w, 20), std::span(ids).subspan(20 * w + 1, 20)});
  }
  Plan plan() const {
    Graph graph;
    graph.maxRows = 20;
    graph.vocabulary = vocabulary;
    graph.memory = {memory};
    graph.values = {{1, width}, {1, vocabulary}};
    GraphStep table, head;
    table.op.name = "embedding";
    table.op.constants = {{"table", ConstMatrixView(memory->data(), vocabulary, width)}};
    head.op.name = "linear";
    head.op.constants = {{"head", ConstMatrixView(memory->data() + vocabulary * width, vocabulary, width)}};
    head.inputs = {0};
    head.output = 1;
    head.module = "lm_head";
    graph.steps = {table, head};
    return Plan(std::move(graph));
  }
};

/// KL of each window, written as its definition.
std::vector<double> divergences(Plan &plan, const Bigram &model, const FormatAssignment &assignment) {
  std::vector<double> result;
  const FormatAssignment exact = plan.uniform(fp32());
  for (const WindowView &window : model.windows) {
    plan.prepare(exact);
    Sequence a(plan), b(plan);
    const ConstMatrixView p = plan.run(a, window.inputs, exact);
    plan.prepare(assignment);
    const ConstMatrixView q = plan.run(b, window.inputs, assignment);
    double sum = 0;
    for (int64_t t = 0; t < p.rows; ++t) {
      double sumP = 0, sumQ = 0;
      for (int64_t v = 0; v < p.cols; ++v) {
        sumP += std::exp(p.row(t)[v]);
        sumQ += std::exp(q.row(t)[v]);
      }
      for (int64_t v = 0; v < p.cols; ++v)
        sum += std::exp(p.row(t)[v]) / sumP * (p.row(t)[v] - q.row(t)[v] - std::log(sumP / sumQ));
    }
    result.push_back(sum / static_cast<double>(p.rows));
  }
  return result;
}

TEST(Reference, IsTheDivergenceFromTheFloatModel) {
  Bigram model;
  Plan plan = model.plan();
  const Reference reference(plan, model.windows);
  for (const char *format : {"mxint2", "mxint4", "mxint8"}) {
    const FormatAssignment assignment = plan.uniform(parseFormat(format));
    const LossResult result = evaluate(plan, assignment, model.windows, &reference);
    const std::vector<double> expected = divergences(plan, model, assignment);
    ASSERT_EQ(result.windowDivergences.size(), expected.size());
    for (size_t w = 0; w < expected.size(); ++w)
      EXPECT_NEAR(result.windowDivergences[w], expected[w], 1e-5) << format;
  }
  EXPECT_TRUE(evaluate(plan, plan.uniform(fp32()), model.windows).windowDivergences.empty());
}

TEST(Reference, OfTheFloatModelItselfIsZero) {
  Bigram model;
  Plan plan = model.plan();
  const Reference reference(plan, model.windows);
  for (double divergence : evaluate(plan, plan.uniform(fp32()), model.windows, &reference).windowDivergences)
    EXPECT_NEAR(divergence, 0, 1e-6);
}

TEST(Reference, TheLikeliestSuccessorsTellMostOfIt) {
  Bigram model;
  Plan plan = model.plan();
  const Reference all(plan, model.windows), some(plan, model.windows, 20);
  auto sum = [&](const Reference &reference, const char *format) {
    double total = 0;
    for (double divergence :
         evaluate(plan, plan.uniform(parseFormat(format)), model.windows, &reference).windowDivergences)
      total += divergence;
    return total;
  };
  const double whole = sum(all, "mxint2") - sum(all, "mxint4"), part = sum(some, "mxint2") - sum(some, "mxint4");
  EXPECT_GT(part, 0.7 * whole);
  EXPECT_LT(part, 1.3 * whole);
}

} // namespace
} // namespace mase
