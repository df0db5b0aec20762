// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/score.h"

#include "mase/formats/registry.h"
#include "mase/runtime/evaluate.h"
#include "mase/runtime/tiny_model.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <gtest/gtest.h>

namespace mase {
namespace {

ScoreGroup choices() {
  return {{{1, 5, 9, 20, 33}, 3}, {{1, 5, 9, 21, 40, 2, 7}, 3}, {{1, 5, 9, 20, 33, 12}, 4}, {{1, 6}, 1}};
}

ScoreOptions eachAlone() {
  ScoreOptions options;
  options.share = false;
  return options;
}

double logLikelihood(Plan &plan, const FormatAssignment &assignment, const ScoreRequest &request) {
  Sequence sequence(plan);
  const ConstMatrixView logits = plan.run(sequence, request.ids, assignment);
  double sum = 0;
  for (size_t t = static_cast<size_t>(request.first); t < request.ids.size(); ++t) {
    const float *row = logits.row(static_cast<int64_t>(t) - 1);
    double exponentials = 0;
    for (int64_t c = 0; c < logits.cols; ++c)
      exponentials += std::exp(static_cast<double>(row[c]));
    sum += row[request.ids[t]] - std::log(exponentials);
  }
  return sum;
}

TEST(ScoreTest, ChoicesThatShareAPrefixScoreAsWholeTexts) {
  Plan plan(testing_model::TinyModel().graph());
  for (const char *format : {"fp32", "mxint4", "int8"}) {
    const FormatAssignment assignment = plan.uniform(parseFormat(format));
    const std::vector<ScoreGroup> groups = {choices(), {choices()[1]}, choices()};
    const auto shared = score(plan, assignment, groups);
    const auto alone = score(plan, assignment, groups, eachAlone());
    for (size_t g = 0; g < groups.size(); ++g)
      for (size_t i = 0; i < groups[g].size(); ++i) {
        EXPECT_EQ(shared[g][i].logLikelihood, alone[g][i].logLikelihood) << format << " " << g << " " << i;
        EXPECT_NEAR(shared[g][i].logLikelihood, logLikelihood(plan, assignment, groups[g][i]), 1e-4);
      }
  }
}

TEST(ScoreTest, ScalesSharedBetweenTokensForbidSharing) {
  Plan plan(testing_model::TinyModel().graph());
  const FormatAssignment assignment = plan.uniform(parseFormat("mxint4:2x16"));
  const std::vector<ScoreGroup> groups = {choices()};
  const auto shared = score(plan, assignment, groups);
  const auto alone = score(plan, assignment, groups, eachAlone());
  for (size_t i = 0; i < groups[0].size(); ++i)
    EXPECT_EQ(shared[0][i].logLikelihood, alone[0][i].logLikelihood);
}

TEST(ScoreTest, GreedyAndProgress) {
  Plan plan(testing_model::TinyModel().graph());
  const FormatAssignment floats = plan.uniform(fp32());
  plan.prepare(floats);
  ScoreRequest request = {{3, 4}, 1};
  for (int32_t id = 0; id < 64; ++id) { // one of all successors is the prediction
    request.ids[1] = id;
    Sequence sequence(plan);
    const ConstMatrixView logits = plan.run(sequence, std::span(request.ids).first(1), floats);
    const bool best = std::max_element(logits.row(0), logits.row(0) + 64) == logits.row(0) + id;
    EXPECT_EQ(score(plan, floats, std::vector<ScoreGroup>{{request}})[0][0].greedy, best);
  }
  std::atomic<int64_t> most = 0;
  ScoreOptions watched;
  watched.progress = [&](int64_t done) { most = std::max(most.load(), done); };
  score(plan, floats, std::vector<ScoreGroup>(3, choices()), watched);
  EXPECT_GE(most, 1);
}

TEST(ScoreTest, LossOfAContinuationIsItsLogLikelihood) {
  Plan plan(testing_model::TinyModel().graph());
  const FormatAssignment floats = plan.uniform(fp32());
  for (const ScoreRequest &request : choices()) {
    const std::span<const int32_t> ids = request.ids;
    const std::vector<WindowView> window = {
        {ids.first(ids.size() - 1), ids.subspan(static_cast<size_t>(request.first))}};
    const double likely = score(plan, floats, std::vector<ScoreGroup>{{request}})[0][0].logLikelihood;
    EXPECT_NEAR(evaluate(plan, floats, window).loss * static_cast<double>(request.scored()), -likely, 1e-9);
  }
}

} // namespace
} // namespace mase
