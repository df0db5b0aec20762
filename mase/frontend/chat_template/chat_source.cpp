// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/chat_template/chat_source.h"

#include "mase/frontend/tokenizer_files/tokenizer_config.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

namespace mase {
namespace {

/// The template of that name in a list of several.
std::string defaultOf(const JsonObject &config) {
  for (const Json &one : config.array("chat_template"))
    if (const JsonObject named(config.file(), one, "chat_template[]."); named.text("name") == "default")
      return named.text("template");
  fail("{}: chat_template has none that is named default", config.file());
}

} // namespace

std::optional<ChatSource> readChatSource(const std::filesystem::path &directory) {
  const TokenizerConfig config(directory);
  ChatSource source;
  const std::filesystem::path own = directory / "chat_template.jinja";
  if (std::filesystem::exists(own)) {
    source.file = own.string();
    source.text = readTextFile(own);
  } else if (const Json *found = config.object().find("chat_template")) {
    source.file = config.file();
    source.text = found->is_array() ? defaultOf(config.object()) : config.object().text("chat_template");
  } else {
    return std::nullopt;
  }
  for (const char *name : {"bos_token", "eos_token", "unk_token", "pad_token"})
    if (config.object().find(name))
      source.names.emplace_back(name, config.token(name, ""));
  return source;
}

} // namespace mase
