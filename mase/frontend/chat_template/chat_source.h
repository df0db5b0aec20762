// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Where a model's chat template comes from, with the names that it may use.
///
/// A directory has it in chat_template.jinja, else in tokenizer_config.json's `chat_template` (a text, or a list of
/// named ones of which "default" is taken); a GGUF file in `tokenizer.chat_template`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mase {

struct ChatSource {
  std::string file; ///< what errors start with
  std::string text;
  std::vector<std::pair<std::string, std::string>> names; ///< bos_token, eos_token
};

/// Nothing where the directory has no template. Errors  InputError: one of the wrong kind.
std::optional<ChatSource> readChatSource(const std::filesystem::path &directory);

} // namespace mase
