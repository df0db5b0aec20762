// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a Split or a Replace of tokenizer.json looks for: a text ("String") or a regular expression ("Regex").
///
/// Immutable; thread-safe. A text is found from left to right, occurrences not overlapping.
#pragma once

#include "mase/frontend/json.h"
#include "mase/frontend/regex.h"

#include <optional>

namespace mase {

class TextPattern {
public:
  /// From `step`'s member `pattern`. Errors  InputError: neither kind, an empty text; as Regex.
  explicit TextPattern(const JsonObject &step);

  void forEachMatch(std::string_view text, Regex::Scratch &scratch,
                    const std::function<void(size_t begin, size_t end)> &onMatch) const;
  /// `text` with `content` in place of each match.
  std::string replaced(std::string_view text, std::string_view content) const;

private:
  std::string text_; // empty: a Regex
  std::optional<Regex> regex_;
};

} // namespace mase
