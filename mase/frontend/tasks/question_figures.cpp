// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tasks/question_figures.h"

#include <cmath>

namespace mase {
namespace {

MeanOfQuestions meanOf(const std::vector<double> &values) {
  const auto count = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (double value : values)
    sum += value;
  const double mean = sum / count;
  for (double value : values)
    squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (count - 1) / count)};
}

/// The choice with the greatest log-likelihood for its length, of equals the first.
template <typename Length>
size_t likeliest(const std::vector<Score> &scores, const Length &length) {
  size_t best = 0;
  for (size_t i = 1; i < scores.size(); ++i)
    if (scores[i].logLikelihood / length(i) > scores[best].logLikelihood / length(best))
      best = i;
  return best;
}

} // namespace

QuestionFigures figuresOf(const EncodedQuestions &questions, const std::vector<std::vector<Score>> &scores) {
  QuestionFigures figures;
  figures.questions = std::ssize(scores);
  std::vector<double> right, rightByBytes, rightByTokens, losses;
  double nats = 0;
  for (size_t q = 0; q < scores.size(); ++q) {
    const std::vector<Score> &of = scores[q];
    const size_t gold = questions.gold[q];
    const bool choice = of.size() > 1;
    figures.hasChoices = figures.hasChoices || choice;
    figures.answers.push_back(likeliest(of, [](size_t) { return 1.0; }));
    const size_t byBytes = likeliest(of, [&](size_t i) { return static_cast<double>(questions.bytes[q][i]); });
    const size_t byTokens =
        likeliest(of, [&](size_t i) { return static_cast<double>(questions.groups[q][i].scored()); });
    const double foreseen = of.front().greedy ? 1 : 0;
    right.push_back(choice ? figures.answers.back() == gold : foreseen);
    rightByBytes.push_back(choice ? byBytes == gold : foreseen);
    rightByTokens.push_back(choice ? byTokens == gold : foreseen);
    losses.push_back(-of[gold].logLikelihood);
    nats -= of[gold].logLikelihood;
    for (const ScoreRequest &request : questions.groups[q])
      figures.tokens += request.scored();
  }
  figures.accuracy = meanOf(right);
  figures.byBytes = meanOf(rightByBytes);
  figures.byTokens = meanOf(rightByTokens);
  figures.loss = meanOf(losses);
  figures.bitsPerByte = nats / static_cast<double>(questions.goldBytes) / std::log(2.0);
  return figures;
}

} // namespace mase
