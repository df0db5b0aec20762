// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The words of a chat template: text between tags, and what stands inside of {{ }} and {% %}.
///
/// White space is cut as transformers asks Jinja to: behind a block tag the line's end goes (trim_blocks), in front of
/// one the line's white space (lstrip_blocks), and at a "-" all of it. Comments {# #} are dropped.
#pragma once

#include "mase/frontend/chat_template/syntax.h"

namespace mase::chat {

struct Token {
  enum class Kind { Text, PrintBegin, PrintEnd, BlockBegin, BlockEnd, Name, String, Number, Symbol, End };
  Kind kind = Kind::End;
  std::string text;
  Place place;
};

/// Errors  InputError with file, line and column: a tag or a string without an end, a character that begins nothing.
std::vector<Token> lexTemplate(std::string_view file, std::string_view text);

} // namespace mase::chat
