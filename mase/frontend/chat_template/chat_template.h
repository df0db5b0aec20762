// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a chat model wants to read: turns of a conversation, written as its template says.
///
/// A template is a program in Jinja, of which the part is run that templates of chat models use (docs/chat.md has the
/// list); what is not is refused with line and column when the template is read, or when it is reached. Immutable once
/// read; thread-safe.
/// Source  https://huggingface.co/docs/transformers/chat_templating
#pragma once

#include "mase/frontend/chat_template/syntax.h"

namespace mase {

struct ChatMessage {
  std::string role; ///< "system", "user" or "assistant"
  std::string content;
};

class ChatTemplate {
public:
  /// `file` is what errors start with. Errors  InputError.
  ChatTemplate(std::string_view file, std::string_view text);

  /// `names` are values that the template may use beside messages and add_generation_prompt: bos_token, eos_token.
  /// Errors  InputError: what the template refuses itself (raise_exception), values of the wrong kind, endless work.
  std::string render(const std::vector<ChatMessage> &messages, bool addGenerationPrompt,
                     const std::vector<std::pair<std::string, std::string>> &names) const;

private:
  std::string file_;
  std::shared_ptr<const std::vector<chat::Statement>> statements_;
};

} // namespace mase
