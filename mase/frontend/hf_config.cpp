// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/hf_config.h"

#include "mase/frontend/json.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <cmath>

namespace mase {
namespace {

constexpr int64_t largestSize = int64_t{1} << 30; // elements along one axis
constexpr int64_t mostLayers = 10'000;

/// A key that changes what a model computes, and the one value of it (beside null) that changes nothing.
struct Neutral {
  const char *key;
  Json value;
};

void checkNeutral(const JsonObject &config, std::initializer_list<Neutral> rows) {
  for (const Neutral &row : rows)
    if (const Json *found = config.find(row.key); found && *found != row.value)
      fail("{}: {} is {}, which is not implemented (implemented: {})", config.file(), config.nameOf(row.key),
           inQuotes(found->dump()), row.value.is_null() ? "absent" : row.value.dump());
}

void checkArchitecture(const JsonObject &config) {
  const Json &names = config.array("architectures");
  if (names.size() != 1 || names[0] != "LlamaForCausalLM")
    fail("{}: architecture {} is not known (known: LlamaForCausalLM)", config.file(), inQuotes(names.dump()));
  checkNeutral(config, {{"model_type", "llama"}});
}

void checkImplemented(const JsonObject &config) {
  if (std::string activation = config.text("hidden_act"); activation != "silu")
    fail("{}: hidden_act {} is not implemented (implemented: silu)", config.file(), inQuotes(activation));
  // HF's own LLaMA knows only some of these keys and passes over the others, so a model that needs them is read wrong.
  checkNeutral(config, {{"quantization_config", nullptr},
                        {"sliding_window", nullptr},
                        {"use_sliding_window", false},
                        {"no_rope_layers", nullptr},
                        {"rope_interleaved", false},
                        {"partial_rotary_factor", 1.0},
                        {"qk_norm", false},
                        {"use_qk_norm", false},
                        {"clip_qkv", nullptr},
                        {"attention_multiplier", nullptr},
                        {"embedding_multiplier", 1.0},
                        {"residual_multiplier", 1.0},
                        {"logits_scaling", 1.0},
                        {"logit_scale", 1.0},
                        {"attn_logit_softcapping", nullptr},
                        {"final_logit_softcapping", nullptr},
                        {"num_experts", nullptr},
                        {"num_local_experts", nullptr},
                        {"is_encoder_decoder", false},
                        {"add_cross_attention", false}});
}

/// transformers 5 may list every layer's kind of attention.
void checkLayerTypes(const JsonObject &config) {
  if (!config.find("layer_types"))
    return;
  for (const Json &type : config.array("layer_types"))
    if (type != "full_attention")
      fail("{}: layer_types holds {}, which is not implemented (implemented: full_attention)", config.file(),
           inQuotes(type.dump()));
}

void checkRopeType(const JsonObject &rope) {
  for (const char *key : {"rope_type", "type"})
    if (rope.find(key) && rope.text(key) != "default")
      fail("{}: {} {} is not implemented (implemented: default)", rope.file(), rope.nameOf(key),
           inQuotes(rope.text(key)));
  for (auto &[key, value] : rope.value().items())
    if (key != "rope_type" && key != "type" && key != "rope_theta" &&
        !((key == "factor" || key == "partial_rotary_factor") && value == 1.0))
      fail("{}: {} is not implemented (implemented: rope_type default with rope_theta)", rope.file(),
           rope.nameOf(key.c_str()));
}

/// From the three places in which the two generations of the file keep it; 10000 when none has it, as published
/// LLaMA 1 and 2 mean it.
double readRopeTheta(const JsonObject &config) {
  std::optional<double> theta;
  auto take = [&](const JsonObject &object) {
    if (!object.find("rope_theta"))
      return;
    double found = object.number("rope_theta");
    if (!(found > 0) || !std::isfinite(found))
      fail("{}: {} is {}, not positive", object.file(), object.nameOf("rope_theta"), found);
    if (theta && *theta != found)
      fail("{}: says both {} and {} for rope_theta", object.file(), *theta, found);
    theta = found;
  };
  take(config);
  for (const char *key : {"rope_parameters", "rope_scaling"}) {
    if (!config.find(key))
      continue;
    JsonObject rope = config.object(key);
    checkRopeType(rope);
    take(rope);
  }
  return theta.value_or(10000.0);
}

void readHeads(const JsonObject &config, LlamaConfig &llama) {
  llama.heads = config.integer("num_attention_heads", 1, largestSize);
  llama.kvHeads = config.integerOr("num_key_value_heads", 1, largestSize, llama.heads);
  if (llama.heads % llama.kvHeads != 0)
    fail("{}: num_attention_heads {} is not a multiple of num_key_value_heads {}", config.file(), llama.heads,
         llama.kvHeads);
  if (!config.find("head_dim") && llama.hiddenSize % llama.heads != 0)
    fail("{}: hidden_size {} is not a multiple of num_attention_heads {} (head_dim would say otherwise)", config.file(),
         llama.hiddenSize, llama.heads);
  llama.headDim = config.integerOr("head_dim", 1, largestSize, llama.hiddenSize / llama.heads);
  if (llama.headDim % 2 != 0)
    fail("{}: head_dim {} is odd (rotary positions turn pairs)", config.file(), llama.headDim);
  if (llama.headDim * llama.heads > largestSize)
    fail("{}: {} heads of {} are too large", config.file(), llama.heads, llama.headDim);
}

int32_t readTokenId(const JsonObject &config, const char *key, const Json &value, int64_t vocabSize) {
  if (!value.is_number_unsigned() || value.get<uint64_t>() >= static_cast<uint64_t>(vocabSize))
    fail("{}: {} {} is not a token id (0 to {})", config.file(), config.nameOf(key), inQuotes(value.dump()),
         vocabSize - 1);
  return value.get<int32_t>();
}

void readTokenIds(const JsonObject &config, LlamaConfig &llama) {
  if (const Json *bos = config.find("bos_token_id"))
    llama.bosId = readTokenId(config, "bos_token_id", *bos, llama.vocabSize);
  const Json *eos = config.find("eos_token_id");
  if (eos && !eos->is_array())
    llama.eosIds = {readTokenId(config, "eos_token_id", *eos, llama.vocabSize)};
  else if (eos)
    for (const Json &id : *eos)
      llama.eosIds.push_back(readTokenId(config, "eos_token_id", id, llama.vocabSize));
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

LlamaConfig parseLlamaConfig(std::string_view file, std::string_view text) {
  Json json = parseJson(file, text);
  JsonObject config(file, json);
  checkArchitecture(config);
  checkImplemented(config);
  checkLayerTypes(config);

  LlamaConfig llama;
  llama.vocabSize = config.integer("vocab_size", 1, largestSize);
  llama.hiddenSize = config.integer("hidden_size", 1, largestSize);
  llama.intermediateSize = config.integer("intermediate_size", 1, largestSize);
  llama.layers = config.integer("num_hidden_layers", 1, mostLayers);
  readHeads(config, llama);
  llama.maxPositions = config.integer("max_position_embeddings", 1, largestSize);
  llama.rmsNormEpsilon = config.number("rms_norm_eps");
  if (!(llama.rmsNormEpsilon > 0 && llama.rmsNormEpsilon < 1))
    fail("{}: rms_norm_eps is {}, out of range (above 0, below 1)", file, llama.rmsNormEpsilon);
  llama.ropeTheta = readRopeTheta(config);
  llama.tieWordEmbeddings = config.flagOr("tie_word_embeddings", false);
  llama.attentionBias = config.flagOr("attention_bias", false);
  llama.mlpBias = config.flagOr("mlp_bias", false);
  readTokenIds(config, llama);
  llama.dtype = readDtype(config);
  return llama;
}

LlamaConfig readLlamaConfig(const std::filesystem::path &modelDir) {
  std::filesystem::path file = modelDir / "config.json";
  return parseLlamaConfig(file.string(), readTextFile(file));
}

} // namespace mase
