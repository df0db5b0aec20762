// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/word_piece.h"

#include "mase/support/error.h"

#include <algorithm>

namespace mase {
namespace {

bool continuesCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

void replaceAll(std::string &text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

std::unordered_map<std::string, int32_t> readVocabulary(const JsonObject &model) {
  const JsonObject list = model.object("vocab");
  // Tables by id follow: a few holes do no harm, an id of a billion would.
  const int64_t mostId = 2 * static_cast<int64_t>(list.value().size()) + 1000;
  std::unordered_map<std::string, int32_t> vocabulary;
  std::vector<bool> taken(static_cast<size_t>(mostId) + 1);
  for (auto &[token, value] : list.value().items()) {
    const int64_t id = list.integer(token.c_str(), 0, mostId);
    if (token.empty() || taken[static_cast<size_t>(id)])
      fail("{}: token {} of WordPiece is empty or has the id {} of another", model.file(), inQuotes(token), id);
    taken[static_cast<size_t>(id)] = true;
    vocabulary.emplace(token, static_cast<int32_t>(id));
  }
  return vocabulary;
}

} // namespace

WordPiece::WordPiece(const JsonObject &tokenizer) : words_(tokenizer) {
  const JsonObject model = tokenizer.object("model"), decoder = tokenizer.object("decoder");
  vocabulary_ = readVocabulary(model);
  prefix_ = model.text("continuing_subword_prefix");
  mostCharacters_ = model.integer("max_input_chars_per_word", 1, 1 << 20);
  const auto unknown = vocabulary_.find(model.text("unk_token"));
  if (unknown == vocabulary_.end())
    fail("{}: {} {} is no token of the vocabulary", model.file(), model.nameOf("unk_token"),
         inQuotes(model.text("unk_token")));
  unknown_ = unknown->second;
  if (decoder.text("type") != "WordPiece" || decoder.text("prefix") != prefix_)
    fail("{}: decoder {} with the prefix {} is not read behind WordPiece (read: WordPiece, {})", decoder.file(),
         inQuotes(decoder.text("type")), inQuotes(decoder.find("prefix") ? decoder.find("prefix")->dump() : ""),
         prefix_);
  cleansUp_ = decoder.flagOr("cleanup", true);
  if (tokenizer.find("added_tokens"))
    for (const Json &token : tokenizer.array("added_tokens"))
      if (JsonObject row(tokenizer.file(), token, "added_tokens[]."); row.flagOr("normalized", false))
        fail("{}: added token {} is normalized, which is not read beside WordPiece (false)", tokenizer.file(),
             inQuotes(row.text("content")));
}

Subwords::Encoder WordPiece::encoder() const {
  return [this, spelling = std::string()](std::string_view run, std::vector<int32_t> &ids) mutable {
    words_.forEachWord(run, [&](std::string_view word) { encodeWord(word, spelling, ids); });
  };
}

void WordPiece::encodeWord(std::string_view word, std::string &spelling, std::vector<int32_t> &ids) const {
  const size_t before = ids.size();
  bool known =
      std::count_if(word.begin(), word.end(), [](char c) { return !continuesCharacter(c); }) <= mostCharacters_;
  for (size_t begin = 0; known && begin < word.size();) {
    size_t end = word.size();
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

std::string WordPiece::joined(std::string_view bytes, bool isFirst) const {
  std::string text(bytes);
  if (!isFirst && text.starts_with(prefix_))
    text.erase(0, prefix_.size());
  else if (!isFirst)
    text.insert(0, " ");
  if (cleansUp_)
    for (auto &[what, by] : {std::pair<const char *, const char *>{" .", "."},
                             {" ?", "?"},
                             {" !", "!"},
                             {" ,", ","},
                             {" ' ", "'"},
                             {" n't", "n't"},
                             {" 'm", "'m"},
                             {" do not", " don't"},
                             {" 's", "'s"},
                             {" 've", "'ve"},
                             {" 're", "'re"}})
      replaceAll(text, what, by);
  return text;
}

} // namespace mase
