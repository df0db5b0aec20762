// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/gguf/gguf_architecture.h"

#include "mase/support/error.h"

#include <algorithm>
#include <optional>
#include <set>

namespace mase::gguf {
namespace {

constexpr int64_t mostSize = int64_t{1} << 32;

/// The number that stands in `name` where `pattern` has "{}"; nothing if they differ otherwise.
std::optional<std::string> layerIn(std::string_view pattern, std::string_view name) {
  const size_t hole = pattern.find("{}");
  if (hole == std::string_view::npos)
    return pattern == name ? std::optional<std::string>("") : std::nullopt;
  const std::string_view front = pattern.substr(0, hole), back = pattern.substr(hole + 2);
  if (name.size() <= front.size() + back.size() || !name.starts_with(front) || !name.ends_with(back))
    return std::nullopt;
  const std::string_view number = name.substr(front.size(), name.size() - front.size() - back.size());
  const bool isNumber = std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
  return isNumber ? std::optional<std::string>(number) : std::nullopt;
}

bool hasTensor(const File &file, std::string_view name) {
  return std::any_of(file.tensors().begin(), file.tensors().end(),
                     [&](const TensorEntry &tensor) { return tensor.name == name; });
}

/// Rope scaling of the type "none" changes nothing; others are the architecture's to refuse by name.
bool changesNothing(const File &file, const std::string &prefix, const std::string &key) {
  return key == prefix + "rope.scaling.type" && file.text(key) == "none";
}

/// Keys that the table does not know; vocab_size is the embedding's, and what training needed is of no use.
void checkKeys(const File &file, const GgufArchitecture &architecture) {
  const std::string prefix = std::string(architecture.name) + ".";
  std::set<std::string> known = {prefix + "vocab_size"};
  for (const ConfigKey &key : architecture.keys)
    known.insert(prefix + key.gguf);
  for (const char *key : architecture.headSizes)
    known.insert(prefix + key);
  for (const std::string &key : file.keys(prefix))
    if (!known.contains(key) && !changesNothing(file, prefix, key))
      fail("{}: {} is not implemented (without it the model would be another one)", file.name(), key);
}

} // namespace

Json configOf(const File &file) {
  const GgufArchitecture &architecture = ggufArchitecture(file);
  checkKeys(file, architecture);
  const std::string prefix = std::string(architecture.name) + ".";
  Json config = Json::parse(architecture.config);
  for (const ConfigKey &key : architecture.keys) {
    const std::string name = prefix + key.gguf;
    if (key.isOptional && !file.has(name))
      continue;
    if (key.kind == ConfigKey::Kind::integer)
      config[key.huggingFace] = file.integer(name, 1, mostSize);
    else
      config[key.huggingFace] = file.number(name);
  }
  const int64_t hidden = config["hidden_size"], heads = config["num_attention_heads"];
  const int64_t headSize = config.contains("head_dim") ? config["head_dim"].get<int64_t>() : hidden / heads;
  for (const char *key : architecture.headSizes)
    if (file.has(prefix + key) && file.integer(prefix + key, 1, mostSize) != headSize)
      fail("{}: {}{} is {}, but a head has {} features (nothing else is implemented)", file.name(), prefix, key,
           file.integer(prefix + key, 1, mostSize), headSize);
  for (const TensorEntry &tensor : file.tensors())
    if (tensor.name == "token_embd.weight")
      config["vocab_size"] = tensor.shape.front();
  if (!config.contains("vocab_size"))
    fail("{}: has no tensor token_embd.weight", file.name());
  config["tie_word_embeddings"] = !hasTensor(file, "output.weight");
  if (file.has("tokenizer.ggml.eos_token_id"))
    config["eos_token_id"] = file.integer("tokenizer.ggml.eos_token_id", 0, mostSize);
  return config;
}

MappedName mappedName(const File &file, const GgufArchitecture &architecture, std::string_view tensor) {
  for (const TensorNames &names : architecture.tensors)
    if (const std::optional<std::string> layer = layerIn(names.gguf, tensor)) {
      std::string name = names.huggingFace;
      if (const size_t hole = name.find("{}"); hole != std::string::npos)
        name.replace(hole, 2, *layer);
      const std::string prefix = std::string(architecture.name) + ".";
      int64_t heads = 0;
      if (names.interleavedHeads)
        heads = file.integer(file.has(prefix + names.interleavedHeads) ? prefix + names.interleavedHeads
                                                                       : prefix + "attention.head_count",
                             1, mostSize);
      return {name, heads};
    }
  fail("{}: tensor {} is not known of {} (is it another kind of model?)", file.name(), inQuotes(tensor),
       architecture.name);
}

} // namespace mase::gguf
