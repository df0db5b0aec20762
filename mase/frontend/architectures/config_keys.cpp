// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/config_keys.h"

#include "mase/support/error.h"

#include <fmt/ranges.h>

namespace mase {
namespace {

constexpr int64_t largestSize = int64_t{1} << 30; // elements along one axis
constexpr int64_t mostLayers = 10'000;

constexpr Activation activations[] = {{"gelu", "gelu", nullptr},
                                      {"gelu_new", "gelu", "tanh"},
                                      {"gelu_pytorch_tanh", "gelu", "tanh"},
                                      {"relu", "relu", nullptr},
                                      {"silu", "silu", nullptr}};

int32_t readTokenId(const JsonObject &config, const char *key, const Json &value, int64_t vocabSize) {
  if (!value.is_number_unsigned() || value.get<uint64_t>() >= static_cast<uint64_t>(vocabSize))
    fail("{}: {} {} is not a token id (0 to {})", config.file(), config.nameOf(key), inQuotes(value.dump()),
         vocabSize - 1);
  return value.get<int32_t>();
}

void readTokenIds(const JsonObject &config, ModelConfig &model) {
  if (const Json *bos = config.find("bos_token_id"))
    model.bosId = readTokenId(config, "bos_token_id", *bos, model.vocabSize);
  const Json *eos = config.find("eos_token_id");
  if (eos && !eos->is_array())
    model.eosIds = {readTokenId(config, "eos_token_id", *eos, model.vocabSize)};
  else if (eos)
    for (const Json &id : *eos)
      model.eosIds.push_back(readTokenId(config, "eos_token_id", id, model.vocabSize));
}

std::string readDtype(const JsonObject &config) {
  std::string dtype = config.find("dtype") ? config.text("dtype") : "";
  if (!config.find("torch_dtype"))
    return dtype;
  std::string older = config.text("torch_dtype");
  if (!dtype.empty() && dtype != older)
    fail("{}: dtype {} and torch_dtype {} differ", config.file(), inQuotes(dtype), inQuotes(older));
  return older;
}

} // namespace

Json ownQuantization() { return {{"quant_method", "mase"}}; }

void checkNeutral(const JsonObject &config, std::initializer_list<NeutralKey> keys) {
  for (const NeutralKey &row : keys)
    if (const Json *found = config.find(row.key); found && *found != row.value)
      fail("{}: {} is {}, which is not implemented (implemented: {})", config.file(), config.nameOf(row.key),
           inQuotes(found->dump()), row.value.is_null() ? "absent" : row.value.dump());
}

void checkShared(const JsonObject &config, const char *modelType) {
  if (config.find("quantization_config") != nullptr && *config.find("quantization_config") != ownQuantization())
    checkNeutral(config, {{"quantization_config", nullptr}});
  checkNeutral(config, {{"model_type", modelType},
                        {"is_encoder_decoder", false},
                        {"add_cross_attention", false},
                        {"num_experts", nullptr},
                        {"num_local_experts", nullptr}});
}

int64_t readSize(const JsonObject &config, const char *key) { return config.integer(key, 1, largestSize); }

int64_t readSizeOr(const JsonObject &config, const char *key, int64_t otherwise) {
  return config.integerOr(key, 1, largestSize, otherwise);
}

void checkHeads(const JsonObject &config, int64_t heads, int64_t headDim) {
  if (headDim * heads > largestSize)
    fail("{}: {} heads of {} are too large", config.file(), heads, headDim);
}

int64_t readLayers(const JsonObject &config, const char *key) { return config.integer(key, 1, mostLayers); }

double readEpsilon(const JsonObject &config, const char *key) {
  const double epsilon = config.number(key);
  if (!(epsilon > 0 && epsilon < 1))
    fail("{}: {} is {}, out of range (above 0, below 1)", config.file(), config.nameOf(key), epsilon);
  return epsilon;
}

std::string readActivation(const JsonObject &config, const char *key) {
  std::string name = config.text(key);
  if (!findActivation(name)) {
    std::vector<std::string_view> known;
    for (const Activation &activation : activations)
      known.emplace_back(activation.name);
    fail("{}: {} {} is not implemented (implemented: {})", config.file(), config.nameOf(key), inQuotes(name),
         fmt::join(known, ", "));
  }
  return name;
}

const Activation *findActivation(std::string_view name) {
  for (const Activation &activation : activations)
    if (name == activation.name)
      return &activation;
  return nullptr;
}

int64_t readClasses(const JsonObject &config) {
  checkNeutral(config, {{"problem_type", "single_label_classification"}});
  const int64_t number = readSizeOr(config, "num_labels", 0);
  if (!config.find("id2label"))
    return number > 0 ? number : 2;
  const Json &names = config.object("id2label").value();
  const auto count = static_cast<int64_t>(names.size());
  for (int64_t label = 0; label < count; ++label)
    if (!names.contains(std::to_string(label)))
      fail("{}: id2label has {} classes, but none of number {}", config.file(), count, label);
  if (count == 0 || (number > 0 && number != count))
    fail("{}: id2label has {} classes, num_labels {} (equal, 1 or more)", config.file(), count, number);
  return count;
}

void readModelConfig(const JsonObject &config, bool tied, ModelConfig &model, const char *positions) {
  model.vocabSize = readSize(config, "vocab_size");
  model.maxPositions = readSize(config, positions);
  model.tieWordEmbeddings = config.flagOr("tie_word_embeddings", tied);
  readTokenIds(config, model);
  model.dtype = readDtype(config);
  model.quantized = config.find("quantization_config") != nullptr;
}

} // namespace mase
