// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the scores of a task's questions come to: accuracies, the loss of the right answers, standard errors.
///
/// A question with choices is answered by the one with the greatest log-likelihood, of equals the first; a question
/// with one choice is answered when each of its tokens was the prediction. No model, no text: numbers alone.
#pragma once

#include "mase/frontend/tasks/questions.h"

namespace mase {

/// A mean over questions and its standard error, sample deviation / sqrt(n): NaN for one question.
struct MeanOfQuestions {
  double value = 0, error = 0;
};

struct QuestionFigures {
  int64_t questions = 0, tokens = 0; // tokens: scored, of all choices
  bool hasChoices = false;           // else all questions have one choice
  MeanOfQuestions accuracy;          // by log-likelihood, or of the continuations that were foreseen
  MeanOfQuestions byBytes, byTokens; // by log-likelihood a byte of the answer and a token; without choices as accuracy
  MeanOfQuestions loss;              // minus the log-likelihood of the right one, nats a question
  double bitsPerByte = 0;            // of the right continuations
  std::vector<size_t> answers;       // by log-likelihood, for each question
};

/// `scores` are those of `questions.groups`.
QuestionFigures figuresOf(const EncodedQuestions &questions, const std::vector<std::vector<Score>> &scores);

} // namespace mase
