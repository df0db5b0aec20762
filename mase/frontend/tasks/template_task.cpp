// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tasks/template_task.h"

#include "mase/frontend/tasks/text_template.h"
#include "mase/support/error.h"
#include "mase/support/toml_document.h"

#include <algorithm>

namespace mase {
namespace {

/// What a task file says.
struct TaskDescription {
  TextTemplate query;
  std::vector<TextTemplate> choices; // one without `gold`: the continuation
  std::string choicesFrom;           // a field; or empty
  std::string gold;                  // a field; empty where there is one choice
  std::vector<std::string> labels;   // for each choice; or empty
  std::string joiner = " ";
};

class TemplateTask final : public QuestionShape {
public:
  explicit TemplateTask(TaskDescription description) : task_(std::move(description)) {}

  std::string keys() const override { return "those of a task file"; }
  bool recognises(const JsonObject &record) const override { return true; }
  std::string joiner() const override { return task_.joiner; }

  Question read(const JsonObject &record, std::string_view joiner) const override {
    std::vector<std::string> texts;
    for (const TextTemplate &choice : task_.choices)
      texts.push_back(choice.fill(record));
    if (!task_.choicesFrom.empty())
      texts = textsOf(record, task_.choicesFrom.c_str(), 2);
    Question question;
    const std::string query = task_.query.fill(record);
    for (const std::string &text : texts)
      question.choices.push_back(joined(query, joiner, text, record.file()));
    if (!task_.gold.empty())
      question.gold = goldOf(record, texts);
    return question;
  }

private:
  size_t goldOf(const JsonObject &record, const std::vector<std::string> &texts) const {
    const Json *value = record.find(task_.gold.c_str());
    if (value && value->is_boolean() && task_.labels.empty() && texts.size() == 2)
      return value->get<bool>() ? 1 : 0;
    const std::string gold = fieldText(record, task_.gold);
    const std::vector<std::string> &labels = task_.labels.empty() ? texts : task_.labels;
    for (size_t i = 0; i < std::min(labels.size(), texts.size()); ++i)
      if (gold == labels[i] || (task_.labels.empty() && gold == std::to_string(i)))
        return i;
    fail("{}: field '{}' is {}, which is none of the {} choices (a number from 0, a choice's text, or labels in the "
         "task file)",
         record.file(), task_.gold, inQuotes(gold), texts.size());
  }

  TaskDescription task_;
};

} // namespace

std::unique_ptr<QuestionShape> readTaskFile(const std::filesystem::path &file) {
  const TomlDocument document(file);
  TomlTable table = document.root();
  const auto textTemplate = [&](const std::string &key) {
    const std::string text = table.text(key);
    return TextTemplate(table.where(key), text);
  };
  TaskDescription task = {textTemplate("query"), {}, {}, {}, {}};
  if (table.has("joiner"))
    task.joiner = table.text("joiner");
  if (table.has("continuation")) {
    task.choices.push_back(textTemplate("continuation"));
  } else {
    if (table.has("choices_from")) {
      task.choicesFrom = table.text("choices_from");
    } else {
      for (const std::string &text : table.texts("choices"))
        task.choices.emplace_back(table.where("choices"), text);
      if (task.choices.size() < 2)
        fail("{}: 'choices' lists {} texts (at least 2)", table.where("choices"), task.choices.size());
    }
    task.gold = table.text("gold");
    if (table.has("labels"))
      task.labels = table.texts("labels");
    if (!task.labels.empty() && task.choicesFrom.empty() && task.labels.size() != task.choices.size())
      fail("{}: 'labels' lists {} for {} choices (one for each)", table.where("labels"), task.labels.size(),
           task.choices.size());
  }
  table.refuseOthers();
  return std::make_unique<TemplateTask>(std::move(task));
}

} // namespace mase
