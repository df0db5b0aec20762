// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tokenizer_files/vocabulary_text.h"

#include "mase/frontend/tokenizer_files/tokenizer_config.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

namespace mase {
namespace {
namespace fs = std::filesystem;

Json readVocabulary(const std::string &file) {
  const std::string content = readTextFile(file);
  std::string_view rest = content;
  Json vocabulary = Json::object();
  for (uint64_t id = 0; !rest.empty(); ++id) {
    std::string_view token = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), token.size() + 1));
    if (token.ends_with('\r'))
      token.remove_suffix(1);
    if (token.empty() || !vocabulary.emplace(token, id).second)
      fail("{}:{}: token {} is empty or stands there twice (a token a line)", file, id + 1, inQuotes(token));
  }
  return vocabulary;
}

void checkConfig(const TokenizerConfig &config) {
  const std::string name = config.tokenizerClass("BertTokenizer");
  if (name != "BertTokenizer")
    fail("{}: tokenizer_class {} is not read with a vocab.txt (read: BertTokenizer)", config.file(), inQuotes(name));
  for (const char *key : {"do_basic_tokenize", "add_special_tokens"})
    if (!config.flagOr(key, true))
      fail("{}: {} is false, which is not read with a vocab.txt (true)", config.file(), key);
  if (config.object().find("never_split") && !config.object().array("never_split").empty())
    fail("{}: never_split is not read (absent)", config.file());
}

} // namespace

Json tokenizerOfVocabulary(const fs::path &folder) {
  const std::string file = (folder / "vocab.txt").string();
  const TokenizerConfig settings(folder);
  checkConfig(settings);
  const Json vocabulary = readVocabulary(file);

  Json added = Json::array(), known = Json::object();
  const auto add = [&](const std::string &token, bool needed) {
    if (!vocabulary.contains(token)) {
      if (needed)
        fail("{}: has no token {} (the tokenizer puts it into texts)", file, inQuotes(token));
      return token;
    }
    const Json &id = vocabulary[token];
    added.push_back({{"id", id}, {"content", token}, {"special", true}, {"normalized", false}});
    known[token] = {{"id", token}, {"ids", Json::array({id})}, {"tokens", Json::array({token})}};
    return token;
  };
  const std::string unknown = add(settings.token("unk_token", "[UNK]"), true);
  const std::string first = add(settings.token("cls_token", "[CLS]"), true);
  const std::string last = add(settings.token("sep_token", "[SEP]"), true);
  add(settings.token("pad_token", "[PAD]"), false);
  add(settings.token("mask_token", "[MASK]"), false);
  const auto special = [](const std::string &token) {
    return Json::object({{"SpecialToken", {{"id", token}, {"type_id", 0}}}});
  };
  return {{"version", "1.0"},
          {"added_tokens", added},
          {"normalizer",
           {{"type", "BertNormalizer"},
            {"clean_text", true},
            {"handle_chinese_chars", settings.flagOr("tokenize_chinese_chars", true)},
            {"strip_accents", settings.flagOrNull("strip_accents")},
            {"lowercase", settings.flagOr("do_lower_case", true)}}},
          {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
          {"post_processor",
           {{"type", "TemplateProcessing"},
            {"single", {special(first), Json::object({{"Sequence", {{"id", "A"}, {"type_id", 0}}}}), special(last)}},
            {"special_tokens", known}}},
          {"decoder", {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}},
          {"model",
           {{"type", "WordPiece"},
            {"unk_token", unknown},
            {"continuing_subword_prefix", "##"},
            {"max_input_chars_per_word", 100},
            {"vocab", vocabulary}}}};
}

} // namespace mase
