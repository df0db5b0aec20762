// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/eval_questions.h"

#include "mase/support/progress.h"

namespace mase::cli {
namespace {

// What the formats of edges are calibrated on: the right answers' texts.
std::vector<WindowView> texts(const EncodedQuestions &questions) {
  std::vector<WindowView> result;
  for (size_t q = 0; q < questions.groups.size(); ++q) {
    const std::span<const int32_t> ids = questions.groups[q][questions.gold[q]].ids;
    result.push_back({ids.first(ids.size() - 1), ids.subspan(1)});
  }
  return result;
}

} // namespace

QuestionsReport evaluateQuestions(Model &model, const FormatAssignment &assignment, const LevelOptions &level,
                                  const TaskOptions &task, const QuestionOptions &options) {
  QuestionsReport report = {task.title(), level.bitTrue() ? level.level : levelName(assignment), {}, {}, {}, 0};
  report.questions = model.questions(task.name(), task.data, task.context, options);
  Plan plan = model.plan(report.questions.longest);
  report.averageBits = averageBits(plan.slots(), assignment);
  EdgeFormats edges;
  if (level.edges || level.bitTrue())
    edges = resolveEdgeFormats(level, plan, assignment, texts(report.questions));
  ProgressBar bar("eval", std::ssize(report.questions.groups));
  ScoreOptions score;
  score.progress = [&](int64_t done) { bar.update(done); };
  if (level.edges)
    score.run = {.edges = edges.output, .tables = edges.table};
  const double start = secondsNow();
  report.scores = level.bitTrue()
                      ? mase::score(BitTruePlan(plan.graph(), assignment, edges), report.questions.groups, score)
                      : mase::score(plan, assignment, report.questions.groups, score);
  report.seconds = secondsNow() - start;
  return report;
}

} // namespace mase::cli
