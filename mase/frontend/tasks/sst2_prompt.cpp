// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tasks/template_task.h"

#include "mase/frontend/tasks/text_template.h"
#include "mase/support/error.h"

namespace mase {
namespace {

class Sst2Prompt final : public QuestionShape {
public:
  std::string keys() const override { return "sentence, label"; }
  bool recognises(const JsonObject &record) const override { return record.find("label") != nullptr; }
  Question read(const JsonObject &record, std::string_view joiner) const override {
    const std::string query = record.text(record.find("text") ? "text" : "sentence") +
                              "\nQuestion: Is this sentence positive or negative?\nAnswer:";
    Question question;
    for (const char *answer : {"negative", "positive"})
      question.choices.push_back(joined(query, joiner, answer, record.file()));
    const std::string label = fieldText(record, "label");
    if (label != "0" && label != "1")
      fail("{}: label is {} (0: negative, 1: positive)", record.file(), inQuotes(label));
    question.gold = label == "1" ? 1 : 0;
    return question;
  }
};

} // namespace

std::unique_ptr<QuestionShape> sst2Prompt() { return std::make_unique<Sst2Prompt>(); }

} // namespace mase
