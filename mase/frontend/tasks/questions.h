// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The questions of a data set as ids: what a language model is given, and which ids of it are scored.
///
/// The ids of context and continuation together, of which those behind the first tokens(context) are the
/// continuation's, at least one (docs/tasks.md). The ids that the tokenizer puts in front of a text are, what it puts
/// behind is not. A text that is longer than the model's positions loses ids at its front.
#pragma once

#include "mase/frontend/tasks/question_shape.h"
#include "mase/frontend/tokenizer.h"
#include "mase/runtime/score.h"

#include <filesystem>
#include <optional>

namespace mase {

struct QuestionOptions {
  std::optional<std::string> joiner; // between query and choice; none: the task's, else a space
  int64_t limit = 0;                 // questions at most; 0: all
};

/// The questions of a file. `shape` null: that of its first record, by the keys.
/// Errors  InputError: as readRecords, shapeOf and QuestionShape::read.
std::vector<Question> readQuestions(const std::filesystem::path &file, const QuestionShape *shape,
                                    const QuestionOptions &options);

struct EncodedQuestions {
  std::vector<ScoreGroup> groups;          // one a question, one text a choice
  std::vector<size_t> gold;                // for each question
  std::vector<std::vector<int64_t>> bytes; // of each choice's answer
  int64_t goldBytes = 0;                   // of all right continuations, with what joins them
  int64_t longest = 0;                     // tokens that a model is given
  int64_t truncated = 0;                   // texts that lost ids
};

/// Errors  InputError with the question's place: nothing stands in front of the first scored token, a continuation of
///         more than `maxPositions` tokens, a text that cannot be encoded.
EncodedQuestions encodeQuestions(const Tokenizer &tokenizer, const std::vector<Question> &questions,
                                 int64_t maxPositions);

} // namespace mase
