// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tasks/question_shape.h"

namespace mase {
namespace {

/// One query, several answers.
class MultipleChoice final : public QuestionShape {
public:
  std::string keys() const override { return "query, choices, gold"; }
  bool recognises(const JsonObject &record) const override { return record.find("query") && record.find("choices"); }
  Question read(const JsonObject &record, std::string_view joiner) const override {
    Question question;
    const std::string query = record.text("query");
    for (const std::string &choice : textsOf(record, "choices", 2))
      question.choices.push_back(joined(query, joiner, choice, record.file()));
    question.gold = static_cast<size_t>(record.integer("gold", 0, std::ssize(question.choices) - 1));
    return question;
  }
};

} // namespace

const QuestionShape &multipleChoiceShape() {
  static const MultipleChoice shape;
  return shape;
}

} // namespace mase
