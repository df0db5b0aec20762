// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A conversation with a chat model: its turns so far, and the ids that the model continues.
///
/// Special tokens come from the template alone; the tokenizer adds none. Errors  InputError, as the template's.
#pragma once

#include "mase/frontend/chat_template/chat_source.h"
#include "mase/frontend/chat_template/chat_template.h"
#include "mase/frontend/tokenizer.h"

namespace mase {

class Conversation {
public:
  /// `system`: a first message of that role; empty: none.
  Conversation(const ChatSource &source, Tokenizer tokenizer, const std::string &system);

  /// What the model continues when the user says `text`.
  std::vector<int32_t> ask(const std::string &text);
  /// Keeps what the model said.
  void answer(const std::string &text);

  /// The special token that the template puts behind what the model says, if it does.
  std::optional<int32_t> endOfTurn() const;

private:
  ChatTemplate template_;
  std::vector<std::pair<std::string, std::string>> names_;
  Tokenizer tokenizer_;
  std::vector<ChatMessage> messages_;
};

} // namespace mase
