// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/subwords/word_piece.h"

#include "mase/frontend/utf8.h"

#include <algorithm>

namespace mase {
namespace {

bool continuesCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

} // namespace

WordPiece::WordPiece(const JsonObject &model)
    : vocabulary_(readVocabulary(model)), prefix_(model.text("continuing_subword_prefix")),
      mostCharacters_(static_cast<size_t>(model.integer("max_input_chars_per_word", 1, 1 << 20))) {
  model.allowOnly({"type", "vocab", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word"});
  model.require("unk_token");
  unknown_ = readUnknownToken(model, "unk_token", vocabulary_);
  for (auto &[spelling, id] : vocabulary_)
    longestSpelling_ = std::max(longestSpelling_, spelling.size());
}

Subwords::Encoder WordPiece::encoder() const {
  return [this, spelling = std::string()](std::string_view word, std::vector<int32_t> &ids) mutable {
    encodeWord(word, spelling, ids);
  };
}

void WordPiece::encodeWord(std::string_view word, std::string &spelling, std::vector<int32_t> &ids) const {
  const size_t before = ids.size();
  bool known = countCodePoints(word) <= mostCharacters_;
  for (size_t begin = 0; known && begin < word.size();) {
    size_t end = std::min(word.size(), begin + longestSpelling_);
    auto token = vocabulary_.end();
    for (; end > begin; --end) {
      if (end < word.size() && continuesCharacter(word[end]))
        continue;
      spelling.assign(begin > 0 ? prefix_ : "").append(word.substr(begin, end - begin));
      if (token = vocabulary_.find(spelling); token != vocabulary_.end())
        break;
    }
    known = token != vocabulary_.end();
    if (known)
      ids.push_back(token->second);
    begin = end;
  }
  if (!known) {
    ids.resize(before);
    ids.push_back(unknown_);
  }
}

} // namespace mase
