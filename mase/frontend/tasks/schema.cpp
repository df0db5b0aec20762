// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tasks/question_shape.h"

namespace mase {
namespace {

/// Several beginnings of a sentence with one end: which beginning makes the end likeliest (Trinh and Le, "A Simple
/// Method for Commonsense Reasoning", 2018, "partial evaluation").
class Schema final : public QuestionShape {
public:
  std::string keys() const override { return "context_options, continuation, gold"; }
  bool recognises(const JsonObject &record) const override {
    return record.find("context_options") && record.find("continuation");
  }
  Question read(const JsonObject &record, std::string_view joiner) const override {
    Question question;
    const std::string continuation = record.text("continuation");
    for (const std::string &context : textsOf(record, "context_options", 2))
      question.choices.push_back(joined(context, joiner, continuation, record.file()));
    question.gold = static_cast<size_t>(record.integer("gold", 0, std::ssize(question.choices) - 1));
    return question;
  }
};

} // namespace

const QuestionShape &schemaShape() {
  static const Schema shape;
  return shape;
}

} // namespace mase
