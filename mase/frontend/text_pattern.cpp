// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/text_pattern.h"

#include "mase/support/error.h"

namespace mase {

TextPattern::TextPattern(const JsonObject &step) {
  const JsonObject pattern = step.object("pattern");
  pattern.allowOnly({"String", "Regex"});
  if (pattern.find("String")) {
    text_ = pattern.text("String");
    if (text_.empty())
      fail("{}: {} looks for an empty text (at least one character)", step.file(), step.nameOf("pattern"));
  } else {
    regex_.emplace(step.file(), pattern.text("Regex"));
  }
}

void TextPattern::forEachMatch(std::string_view text, Regex::Scratch &scratch,
                               const std::function<void(size_t, size_t)> &onMatch) const {
  if (regex_)
    return regex_->forEachMatch(text, scratch, onMatch);
  for (size_t at = 0; (at = text.find(text_, at)) != std::string_view::npos; at += text_.size())
    onMatch(at, at + text_.size());
}

std::string TextPattern::replaced(std::string_view text, std::string_view content) const {
  std::string result;
  size_t reached = 0;
  const auto replace = [&](size_t begin, size_t end) {
    result.append(text.substr(reached, begin - reached)).append(content);
    reached = end;
  };
  if (regex_) {
    Regex::Scratch scratch;
    regex_->forEachMatch(text, scratch, replace);
  } else {
    for (size_t at = 0; (at = text.find(text_, at)) != std::string_view::npos; at += text_.size())
      replace(at, at + text_.size());
  }
  return result.append(text.substr(reached));
}

} // namespace mase
