// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tasks/text_template.h"

#include "mase/support/error.h"
#include "mase/support/nearest_name.h"

namespace mase {

TextTemplate::TextTemplate(std::string_view place, std::string_view text) : pieces_(1) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '{' && c != '}') {
      pieces_.back().text += c;
    } else if (i + 1 < text.size() && text[i + 1] == c) {
      pieces_.back().text += c;
      ++i;
    } else {
      const size_t end = text.find_first_of("{}", i + 1);
      if (c == '}' || end == std::string_view::npos || text[end] == '{')
        fail("{}: {} has a brace without its other (double the braces that are text)", place, inQuotes(text));
      if (end == i + 1)
        fail("{}: {} has braces without a field's name", place, inQuotes(text));
      pieces_.back().field = text.substr(i + 1, end - i - 1);
      pieces_.emplace_back();
      i = end;
    }
  }
}

std::string TextTemplate::fill(const JsonObject &record) const {
  std::string text;
  for (const Piece &piece : pieces_) {
    text += piece.text;
    if (!piece.field.empty())
      text += fieldText(record, piece.field);
  }
  return text;
}

std::string fieldText(const JsonObject &record, const std::string &field) {
  const Json *value = record.find(field.c_str());
  if (!value) {
    std::vector<std::string> known;
    for (const auto &[key, member] : record.value().items())
      known.push_back(key);
    fail("{}: has no field '{}' ({})", record.file(), field, nameHint(field, known));
  }
  if (value->is_structured())
    fail("{}: field '{}' is a list or an object (a text, a number or a truth value)", record.file(), field);
  return value->is_string() ? value->get<std::string>() : value->dump();
}

} // namespace mase
