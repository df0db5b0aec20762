// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tokenizer_files/tokenizer_config.h"

#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <charconv>

namespace mase {
namespace {

Json readConfig(const std::string &file) {
  return std::filesystem::exists(file) ? parseJson(file, readTextFile(file)) : Json(Json::object());
}

} // namespace

TokenizerConfig::TokenizerConfig(const std::filesystem::path &folder)
    : file_((folder / "tokenizer_config.json").string()), json_(readConfig(file_)), object_(file_, json_) {}

std::string TokenizerConfig::tokenizerClass(const char *otherwise) const {
  if (!object_.find("tokenizer_class"))
    return otherwise;
  std::string name = object_.text("tokenizer_class");
  if (name.ends_with("Fast"))
    name.resize(name.size() - 4);
  return name;
}

std::string TokenizerConfig::token(const char *key, const char *otherwise) const {
  const Json *found = object_.find(key);
  return !found ? otherwise : found->is_object() ? object_.object(key).text("content") : object_.text(key);
}

void TokenizerConfig::addTokens(Json &list) const {
  if (!object_.find("added_tokens_decoder"))
    return;
  const JsonObject tokens = object_.object("added_tokens_decoder");
  for (auto &[key, value] : tokens.value().items()) {
    int64_t id = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (error != std::errc() || end != key.data() + key.size())
      fail("{}: {} is no token id", file_, tokens.nameOf(key.c_str()));
    Json token = tokens.object(key.c_str()).value();
    token["id"] = id;
    const auto same = std::find_if(list.begin(), list.end(), [&](const Json &one) { return one["id"] == id; });
    if (same == list.end())
      list.push_back(std::move(token));
    else
      *same = std::move(token);
  }
}

} // namespace mase
