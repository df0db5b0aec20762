// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// `mase eval` on questions: multiple choice, continuations, schemas, tasks of the user's own.
///
/// The choices of a question share the run of what they begin with (mase/runtime/score.h).
#pragma once

#include "mase/report/questions_json.h"
#include "tools/mase/level.h"
#include "tools/mase/task_options.h"

namespace mase::cli {

/// Errors  as Model::questions, and those of edges that have no format.
QuestionsReport evaluateQuestions(Model &model, const FormatAssignment &assignment, const LevelOptions &level,
                                  const TaskOptions &task, const QuestionOptions &options);

} // namespace mase::cli
