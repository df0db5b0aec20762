// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tokenizer_files/vocabulary_merges.h"

#include "mase/frontend/tokenizer_files/byte_level_words.h"
#include "mase/frontend/tokenizer_files/tokenizer_config.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

namespace mase {
namespace {
namespace fs = std::filesystem;

Json readMerges(const std::string &file) {
  const std::string content = readTextFile(file);
  std::string_view rest = content;
  Json merges = Json::array();
  for (uint64_t number = 1; !rest.empty(); ++number) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    if (line.empty() || (number == 1 && line.starts_with("#version")))
      continue;
    const size_t space = line.find(' ');
    if (space == std::string_view::npos || space == 0 || line.find(' ', space + 1) != std::string_view::npos ||
        space + 1 == line.size())
      fail("{}:{}: {} is no merge (two tokens and a space)", file, number, inQuotes(line));
    merges.push_back({line.substr(0, space), line.substr(space + 1)});
  }
  return merges;
}

} // namespace

Json tokenizerOfMerges(const fs::path &folder) {
  const std::string file = (folder / "vocab.json").string();
  const TokenizerConfig config(folder);
  const std::string name = config.tokenizerClass("GPT2Tokenizer");
  const bool isRoberta = name == "RobertaTokenizer", isQwen = name == "Qwen2Tokenizer";
  if (name != "GPT2Tokenizer" && !isRoberta && !isQwen)
    fail("{}: tokenizer_class {} is not read with vocab.json and merges.txt (read: GPT2Tokenizer, RobertaTokenizer, "
         "Qwen2Tokenizer)",
         config.file(), inQuotes(name));
  const Json vocabulary = parseJson(file, readTextFile(file));
  const JsonObject tokens(file, vocabulary);

  Json added = Json::array();
  for (const char *usual : {"<|endoftext|>", "<s>", "</s>", "<pad>", "<unk>", "<mask>"})
    if (tokens.find(usual))
      added.push_back({{"id", *tokens.find(usual)},
                       {"content", usual},
                       {"special", true},
                       {"normalized", false},
                       {"lstrip", isRoberta && std::string_view(usual) == "<mask>"}});
  config.addTokens(added);
  // The ids of a token that stands at an end of every text.
  Json known = Json::object();
  const auto special = [&](const char *key, const char *otherwise) {
    const std::string token = config.token(key, otherwise);
    const auto found = std::find_if(added.begin(), added.end(), [&](const Json &one) {
      return one.contains("content") && one["content"] == token;
    });
    if (found == added.end())
      fail("{}: has no special token {} ({} of its configuration)", file, inQuotes(token), key);
    known[token] = {{"id", token}, {"ids", Json::array({(*found)["id"]})}, {"tokens", Json::array({token})}};
    return Json::object({{"SpecialToken", {{"id", token}, {"type_id", 0}}}});
  };
  Json single = Json::array();
  if (isRoberta)
    single.push_back(special("cls_token", "<s>"));
  else if (config.flagOr("add_bos_token", false))
    single.push_back(special("bos_token", "<|endoftext|>"));
  single.push_back(Json::object({{"Sequence", {{"id", "A"}, {"type_id", 0}}}}));
  if (isRoberta)
    single.push_back(special("sep_token", "</s>"));
  else if (config.flagOr("add_eos_token", false))
    single.push_back(special("eos_token", "<|endoftext|>"));

  Json words = findByteLevelWords(isQwen ? "qwen2" : "gpt-2")->preTokenizer();
  if (config.flagOr("add_prefix_space", false))
    words["pretokenizers"].back()["add_prefix_space"] = true;
  return {
      {"version", "1.0"},
      {"added_tokens", added},
      {"normalizer", isQwen ? Json({{"type", "NFC"}}) : Json()},
      {"pre_tokenizer", words},
      {"post_processor", {{"type", "TemplateProcessing"}, {"single", single}, {"special_tokens", known}}},
      {"decoder", {{"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", true}, {"use_regex", true}}},
      {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", readMerges((folder / "merges.txt").string())}}}};
}

} // namespace mase
