// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What tokenizer_config.json says to a vocabulary without a tokenizer.json.
///
/// Everything may be absent, the file as well. Errors  InputError, with the file's name.
#pragma once

#include "mase/frontend/json.h"

#include <filesystem>

namespace mase {

class TokenizerConfig {
public:
  /// `folder`/tokenizer_config.json, or what its absence stands for.
  explicit TokenizerConfig(const std::filesystem::path &folder);

  /// The tokenizer_class, without the ending Fast; `otherwise` where there is none.
  std::string tokenizerClass(const char *otherwise) const;
  bool flagOr(const char *key, bool otherwise) const { return object_.flagOr(key, otherwise); }
  /// true, false or null.
  Json flagOrNull(const char *key) const { return object_.find(key) ? Json(object_.flag(key)) : Json(); }
  /// A token's text, given as such or as an object with it.
  std::string token(const char *key, const char *otherwise) const;
  /// Puts the tokens of `added_tokens_decoder` into a tokenizer.json's list, in place of those of the same ids.
  void addTokens(Json &list) const;

  const JsonObject &object() const { return object_; }
  const std::string &file() const { return file_; }

private:
  std::string file_;
  Json json_;
  JsonObject object_;
};

} // namespace mase
