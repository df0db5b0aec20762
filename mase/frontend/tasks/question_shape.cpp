// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tasks/question_shape.h"

#include "mase/support/error.h"

namespace mase {

namespace {
constexpr std::string_view whiteSpace = " \t\n\r\v\f";
}

std::span<const QuestionShape *const> questionShapes() {
  static const QuestionShape *const shapes[] = {&multipleChoiceShape(), &schemaShape(), &continuationShape()};
  return shapes;
}

const QuestionShape &shapeOf(const JsonObject &record) {
  std::string known;
  for (const QuestionShape *shape : questionShapes()) {
    if (shape->recognises(record))
      return *shape;
    known += (known.empty() ? "" : "; ") + shape->keys();
  }
  fail("{}: has the keys of no known question ({}; or a task file of your own)", record.file(), known);
}

std::vector<std::string> textsOf(const JsonObject &record, const char *key, size_t least) {
  std::vector<std::string> texts;
  for (const Json &text : record.array(key)) {
    if (!text.is_string())
      fail("{}: {} holds {}, which is no text (a list of texts)", record.file(), record.nameOf(key),
           inQuotes(text.dump()));
    texts.push_back(text.get<std::string>());
  }
  if (texts.size() < least)
    fail("{}: {} has {} texts (at least {})", record.file(), record.nameOf(key), texts.size(), least);
  return texts;
}

Question::Choice joined(std::string_view context, std::string_view joiner, std::string_view continuation,
                        std::string_view place) {
  if (continuation.find_first_not_of(whiteSpace) == std::string_view::npos)
    fail("{}: what is to be continued with is empty (a text)", place);
  std::string front = std::string(context) + std::string(joiner);
  const size_t end = front.find_last_not_of(whiteSpace) + 1; // npos + 1: nothing but white space
  return {front.substr(0, end), front.substr(end) + std::string(continuation), continuation.size()};
}

} // namespace mase
