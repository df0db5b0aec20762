// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tasks/questions.h"

#include "mase/frontend/tasks/records.h"
#include "mase/support/error.h"

#include <algorithm>

namespace mase {
namespace {

ScoreRequest encoded(const Tokenizer &tokenizer, const Question::Choice &choice, const std::string &place) {
  ScoreRequest request;
  request.ids.assign(tokenizer.prefix().begin(), tokenizer.prefix().end());
  const int64_t special = std::ssize(request.ids);
  try {
    const std::vector<int32_t> whole = tokenizer.encode(choice.context + choice.continuation, SpecialTokens::Omit);
    const int64_t context = std::ssize(tokenizer.encode(choice.context, SpecialTokens::Omit));
    // Where the last token of the context swallows all of the continuation, that token is what is scored.
    request.first = special + std::min(context, std::ssize(whole) - 1);
    request.ids.insert(request.ids.end(), whole.begin(), whole.end());
  } catch (const InputError &error) {
    fail("{}: cannot be encoded: {}", place, error.what());
  }
  if (request.first == 0)
    fail("{}: nothing stands in front of the first token that is scored (a context, or a tokenizer that begins texts)",
         place);
  return request;
}

} // namespace

std::vector<Question> readQuestions(const std::filesystem::path &file, const QuestionShape *shape,
                                    const QuestionOptions &options) {
  const std::vector<DataRecord> records = readRecords(file, options.limit);
  if (!shape)
    shape = &shapeOf(records.front().object());
  std::vector<Question> questions;
  for (const DataRecord &record : records) {
    questions.push_back(shape->read(record.object(), options.joiner.value_or(shape->joiner())));
    questions.back().place = record.place;
  }
  return questions;
}

EncodedQuestions encodeQuestions(const Tokenizer &tokenizer, const std::vector<Question> &questions,
                                 int64_t maxPositions) {
  EncodedQuestions result;
  for (const Question &question : questions) {
    ScoreGroup group;
    std::vector<int64_t> bytes;
    for (const Question::Choice &choice : question.choices) {
      ScoreRequest request = encoded(tokenizer, choice, question.place);
      if (request.scored() > maxPositions)
        fail("{}: a continuation has {} tokens (at most {})", question.place, request.scored(), maxPositions);
      // The last id is given to nobody.
      if (const int64_t surplus = std::ssize(request.ids) - 1 - maxPositions; surplus > 0) {
        request.ids.erase(request.ids.begin(), request.ids.begin() + surplus);
        request.first -= surplus;
        ++result.truncated;
      }
      result.longest = std::max(result.longest, std::ssize(request.ids) - 1);
      bytes.push_back(static_cast<int64_t>(choice.answerBytes));
      group.push_back(std::move(request));
    }
    result.groups.push_back(std::move(group));
    result.gold.push_back(question.gold);
    result.goldBytes += std::ssize(question.choices[question.gold].continuation);
    result.bytes.push_back(std::move(bytes));
  }
  return result;
}

} // namespace mase
