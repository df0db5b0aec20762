// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/subwords/word_level.h"

namespace mase {

WordLevel::WordLevel(const JsonObject &model) : vocabulary_(readVocabulary(model)) {
  model.allowOnly({"type", "vocab", "unk_token"});
  model.require("unk_token");
  unknown_ = readUnknownToken(model, "unk_token", vocabulary_);
}

Subwords::Encoder WordLevel::encoder() const {
  return [this](std::string_view word, std::vector<int32_t> &ids) {
    const auto token = vocabulary_.find(std::string(word));
    ids.push_back(token == vocabulary_.end() ? unknown_ : token->second);
  };
}

} // namespace mase
