// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/report/questions_json.h"

#include <cmath>
#include <fmt/format.h>

namespace mase {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson numberOrNull(double value) { return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr); }

OrderedJson questionJson(const ScoreGroup &group, const std::vector<Score> &scores, size_t gold, size_t answer) {
  OrderedJson json = {{"gold", gold}, {"answer", answer}};
  for (size_t i = 0; i < group.size(); ++i) {
    json["log_likelihoods"].push_back(scores[i].logLikelihood);
    json["tokens"].push_back(group[i].scored());
    json["greedy"].push_back(scores[i].greedy);
  }
  return json;
}

std::string withError(const MeanOfQuestions &mean) {
  return std::isfinite(mean.error) ? fmt::format("{:.4f} +- {:.4f}", mean.value, mean.error)
                                   : fmt::format("{:.4f}", mean.value);
}

} // namespace

nlohmann::ordered_json toJson(const QuestionsReport &report) {
  const QuestionFigures figures = figuresOf(report.questions, report.scores);
  OrderedJson json = {
      {"task", report.task},
      {"level", report.level},
      {"examples", figures.questions},
      {"tokens", figures.tokens},
      {"loss", figures.loss.value},
      {"perplexity", figures.hasChoices ? OrderedJson(nullptr) : numberOrNull(std::exp(figures.loss.value))},
      {"bits_per_byte", figures.bitsPerByte},
      {"accuracy", figures.accuracy.value},
      {"average_bits", report.averageBits.all},
      {"seconds", report.seconds},
      {"accuracy_stderr", numberOrNull(figures.accuracy.error)},
      {"accuracy_by_bytes", figures.byBytes.value},
      {"accuracy_by_bytes_stderr", numberOrNull(figures.byBytes.error)},
      {"accuracy_by_tokens", figures.byTokens.value},
      {"accuracy_by_tokens_stderr", numberOrNull(figures.byTokens.error)},
      {"loss_stderr", numberOrNull(figures.loss.error)},
      {"truncated", report.questions.truncated}};
  for (size_t q = 0; q < report.scores.size(); ++q) {
    json["window_losses"].push_back(-report.scores[q][report.questions.gold[q]].logLikelihood);
    json["questions"].push_back(
        questionJson(report.questions.groups[q], report.scores[q], report.questions.gold[q], figures.answers[q]));
  }
  return json;
}

std::string toText(const QuestionsReport &report) {
  const QuestionFigures figures = figuresOf(report.questions, report.scores);
  std::string text = "accuracy " + withError(figures.accuracy);
  if (figures.hasChoices)
    text += ", by bytes " + withError(figures.byBytes) + ", by tokens " + withError(figures.byTokens);
  else
    text += fmt::format(", perplexity {:.3f}", std::exp(figures.loss.value));
  text += fmt::format("\nloss of the right answer {} nats, {:.4f} bits a byte\n", withError(figures.loss),
                      figures.bitsPerByte);
  if (report.questions.truncated > 0)
    text += fmt::format("{} texts are longer than the context and lost tokens at their front\n",
                        report.questions.truncated);
  return text + fmt::format("{}: {} arithmetic, {:.3f} bits on average, {} questions, {} tokens scored, {:.2f} s\n",
                            report.task, report.level, report.averageBits.all, figures.questions, figures.tokens,
                            report.seconds);
}

} // namespace mase
