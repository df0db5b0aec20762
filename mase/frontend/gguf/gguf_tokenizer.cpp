// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/gguf/gguf_model.h"

#include "mase/support/error.h"

#include <array>
#include <fmt/ranges.h>

namespace mase::gguf {
namespace {

constexpr int64_t mostIds = int64_t{1} << 31;

/// tokenizer.ggml.token_type of tokens that stand in a text as they are: control tokens, which are special, and the
/// user's.
constexpr int32_t controlType = 3, userType = 4;

/// What `tokenizer.ggml.pre` stands for: how tokenizer.json says it.
/// Source  https://github.com/ggml-org/llama.cpp/blob/master/convert_hf_to_gguf_update.py (which model has which), and
///         those models' tokenizer.json
struct PreTokenizer {
  const char *name;
  const char *json; // of pre_tokenizer
  bool ignoreMerges = false;
  const char *normalizer = nullptr;
};
constexpr std::array<PreTokenizer, 4> preTokenizers = {{
    {"gpt-2", R"({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true})"},
    {"smollm",
     R"({"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]})"},
    {"llama-bpe",
     R"j({"type": "Sequence", "pretokenizers": [{"type": "Split", "behavior": "Isolated", "invert": false, "pattern": {"Regex":
         "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})j",
     true},
    {"qwen2",
     R"j({"type": "Sequence", "pretokenizers": [{"type": "Split", "behavior": "Isolated", "invert": false, "pattern": {"Regex":
         "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}]})j",
     false, R"({"type": "NFC"})"},
}};

const PreTokenizer &preTokenizer(const File &file) {
  const std::string name = file.has("tokenizer.ggml.pre") ? file.text("tokenizer.ggml.pre") : "default";
  std::vector<std::string_view> known;
  for (const PreTokenizer &one : preTokenizers) {
    if (name == one.name)
      return one;
    known.emplace_back(one.name);
  }
  fail("{}: tokenizer.ggml.pre {} is not known (known: {})", file.name(), inQuotes(name), fmt::join(known, ", "));
}

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

} // namespace

Json tokenizerOf(const File &file) {
  if (const std::string model = file.text("tokenizer.ggml.model"); model != "gpt2")
    fail("{}: tokenizer.ggml.model {} is not implemented (read: gpt2)", file.name(), inQuotes(model));
  const PreTokenizer &pre = preTokenizer(file);
  const std::vector<std::string_view> tokens = file.texts("tokenizer.ggml.tokens");
  const std::vector<int32_t> types = file.integers("tokenizer.ggml.token_type");
  if (types.size() != tokens.size() || tokens.empty() || std::ssize(tokens) > mostIds)
    fail("{}: {} tokens, but {} types of tokens", file.name(), tokens.size(), types.size());
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
          {"normalizer", pre.normalizer ? Json::parse(pre.normalizer) : Json()},
          {"pre_tokenizer", Json::parse(pre.json)},
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
            {"ignore_merges", pre.ignoreMerges},
            {"vocab", vocabulary},
            {"merges", merges}}}};
}

} // namespace mase::gguf
