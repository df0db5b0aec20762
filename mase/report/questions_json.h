// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What an evaluation on questions reports, with the keys that scripts rely on (docs/tasks.md): those of eval_json.h
/// and more.
///
/// `questions` has for each one the scores of all choices, so that two reports can be compared pair by pair.
#pragma once

#include "mase/frontend/tasks/question_figures.h"

#include <nlohmann/json.hpp>

namespace mase {

struct QuestionsReport {
  std::string task, level;
  EncodedQuestions questions;
  std::vector<std::vector<Score>> scores; // of the questions' groups
  AverageBits averageBits;
  double seconds = 0;
};

nlohmann::ordered_json toJson(const QuestionsReport &report);

/// For people: a few lines.
std::string toText(const QuestionsReport &report);

} // namespace mase
