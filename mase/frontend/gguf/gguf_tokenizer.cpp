// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/gguf/gguf_model.h"

#include "mase/frontend/tokenizer_files/byte_level_words.h"
#include "mase/frontend/tokenizer_files/sentence_pieces.h"
#include "mase/support/error.h"

#include <fmt/ranges.h>

namespace mase::gguf {
namespace {

constexpr int64_t mostIds = int64_t{1} << 31;

/// tokenizer.ggml.token_type of tokens that stand in a text as they are: control tokens, which are special, and the
/// user's.
constexpr int32_t controlType = 3, userType = 4;

const ByteLevelWords &wordsOf(const File &file) {
  const std::string name = file.has("tokenizer.ggml.pre") ? file.text("tokenizer.ggml.pre") : "default";
  if (const ByteLevelWords *words = findByteLevelWords(name))
    return *words;
  std::vector<std::string_view> known;
  for (const ByteLevelWords &one : allByteLevelWords())
    known.push_back(one.name);
  fail("{}: tokenizer.ggml.pre {} is not known (known: {})", file.name(), inQuotes(name), fmt::join(known, ", "));
}

/// The flag, or what llama.cpp takes it for where the file has none.
bool flagOr(const File &file, const char *key, bool otherwise) { return file.has(key) ? file.flag(key) : otherwise; }

/// The token in front of every text, or null.
Json templateOf(const File &file, const std::vector<std::string_view> &tokens) {
  Json byteLevel = {{"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", false}, {"use_regex", true}};
  for (const char *key : {"tokenizer.ggml.add_eos_token", "tokenizer.ggml.add_sep_token"})
    if (file.has(key) && file.flag(key))
      fail("{}: {} is not implemented (false)", file.name(), key);
  if (!file.has("tokenizer.ggml.add_bos_token") || !file.flag("tokenizer.ggml.add_bos_token"))
    return byteLevel;
  const int64_t id = file.integer("tokenizer.ggml.bos_token_id", 0, std::ssize(tokens) - 1);
  const std::string token(tokens[static_cast<size_t>(id)]);
  return {{"type", "TemplateProcessing"},
          {"single", Json::array({Json::object({{"SpecialToken", {{"id", token}, {"type_id", 0}}}}),
                                  Json::object({{"Sequence", {{"id", "A"}, {"type_id", 0}}}})})},
          {"special_tokens", {{token, {{"id", token}, {"ids", Json::array({id})}, {"tokens", Json::array({token})}}}}}};
}

struct Tokens {
  std::vector<std::string_view> texts;
  std::vector<int32_t> types;
};
Tokens tokensOf(const File &file) {
  Tokens tokens = {file.texts("tokenizer.ggml.tokens"), file.integers("tokenizer.ggml.token_type")};
  if (tokens.types.size() != tokens.texts.size() || tokens.texts.empty() || std::ssize(tokens.texts) > mostIds)
    fail("{}: {} tokens, but {} types of tokens", file.name(), tokens.texts.size(), tokens.types.size());
  return tokens;
}

Json byteLevelTokenizer(const File &file) {
  const ByteLevelWords &words = wordsOf(file);
  const auto [tokens, types] = tokensOf(file);
  Json vocabulary = Json::object(), added = Json::array();
  for (size_t id = 0; id < tokens.size(); ++id) {
    const std::string token(tokens[id]);
    if (!vocabulary.emplace(token, id).second)
      fail("{}: the token {} stands twice", file.name(), inQuotes(token));
    if (types[id] == controlType || types[id] == userType)
      added.push_back({{"id", id},
                       {"content", token},
                       {"single_word", false},
                       {"lstrip", false},
                       {"rstrip", false},
                       {"normalized", false},
                       {"special", types[id] == controlType}});
  }
  Json merges = Json::array();
  for (const std::string_view merge : file.texts("tokenizer.ggml.merges"))
    merges.push_back(std::string(merge));
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", added},
          {"normalizer", words.normalizer ? Json::parse(words.normalizer) : Json()},
          {"pre_tokenizer", words.preTokenizer()},
          {"post_processor", templateOf(file, tokens)},
          {"decoder", {{"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", true}, {"use_regex", true}}},
          {"model",
           {{"type", "BPE"},
            {"dropout", nullptr},
            {"unk_token", nullptr},
            {"continuing_subword_prefix", nullptr},
            {"end_of_word_suffix", nullptr},
            {"fuse_unk", false},
            {"byte_fallback", false},
            {"ignore_merges", words.ignoreMerges},
            {"vocab", vocabulary},
            {"merges", merges}}}};
}

/// SentencePiece's BPE, with what llama.cpp takes for granted of it.
Json sentencePieceTokenizer(const File &file) {
  const auto [tokens, types] = tokensOf(file);
  const std::vector<float> scores = file.floats("tokenizer.ggml.scores");
  if (scores.size() != tokens.size())
    fail("{}: {} tokens, but {} scores", file.name(), tokens.size(), scores.size());
  SentencePieces pieces;
  pieces.byteFallback = true;
  pieces.addsSpace = flagOr(file, "tokenizer.ggml.add_space_prefix", true);
  pieces.removesExtraSpaces = flagOr(file, "tokenizer.ggml.remove_extra_whitespaces", false);
  for (size_t id = 0; id < tokens.size(); ++id)
    pieces.pieces.push_back({std::string(tokens[id]), scores[id], static_cast<SentencePieces::Kind>(types[id])});
  if (flagOr(file, "tokenizer.ggml.add_bos_token", true))
    pieces.first = file.integer("tokenizer.ggml.bos_token_id", 0, std::ssize(tokens) - 1);
  if (flagOr(file, "tokenizer.ggml.add_eos_token", false))
    pieces.last = file.integer("tokenizer.ggml.eos_token_id", 0, std::ssize(tokens) - 1);
  return mase::tokenizerOf(file.name(), pieces);
}

} // namespace

Json tokenizerOf(const File &file) {
  const std::string model = file.text("tokenizer.ggml.model");
  if (model == "gpt2")
    return byteLevelTokenizer(file);
  if (model == "llama")
    return sentencePieceTokenizer(file);
  fail("{}: tokenizer.ggml.model {} is not implemented (read: gpt2, llama)", file.name(), inQuotes(model));
}

} // namespace mase::gguf
