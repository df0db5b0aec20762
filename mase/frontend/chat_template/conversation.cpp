// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/chat_template/conversation.h"

namespace mase {

Conversation::Conversation(const ChatSource &source, Tokenizer tokenizer, const std::string &system)
    : template_(source.file, source.text), names_(source.names), tokenizer_(std::move(tokenizer)) {
  if (!system.empty())
    messages_.push_back({"system", system});
}

std::vector<int32_t> Conversation::ask(const std::string &text) {
  messages_.push_back({"user", text});
  return tokenizer_.encode(template_.render(messages_, true, names_), SpecialTokens::Omit);
}

void Conversation::answer(const std::string &text) { messages_.push_back({"assistant", text}); }

std::optional<int32_t> Conversation::endOfTurn() const {
  const std::string said = "the answer";
  const std::string text = template_.render({{"user", "a question"}, {"assistant", said}}, false, names_);
  const size_t at = text.rfind(said);
  if (at == std::string::npos)
    return std::nullopt;
  for (const int32_t id : tokenizer_.encode(text.substr(at + said.size()), SpecialTokens::Omit))
    if (tokenizer_.isSpecial(id))
      return id;
  return std::nullopt;
}

} // namespace mase
