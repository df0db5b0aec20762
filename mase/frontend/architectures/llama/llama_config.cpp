// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/llama/llama_config.h"

#include "mase/frontend/architectures/config_keys.h"
#include "mase/support/error.h"

#include <cmath>
#include <optional>

namespace mase {
namespace {

void checkImplemented(const JsonObject &config) {
  checkShared(config, "llama");
  // HF's own LLaMA knows only some of these keys and passes over the others, so a model that needs them is read wrong.
  checkNeutral(config, {{"sliding_window", nullptr},
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
                        {"final_logit_softcapping", nullptr}});
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
  llama.heads = readSize(config, "num_attention_heads");
  llama.kvHeads = readSizeOr(config, "num_key_value_heads", llama.heads);
  if (llama.heads % llama.kvHeads != 0)
    fail("{}: num_attention_heads {} is not a multiple of num_key_value_heads {}", config.file(), llama.heads,
         llama.kvHeads);
  if (!config.find("head_dim") && llama.hiddenSize % llama.heads != 0)
    fail("{}: hidden_size {} is not a multiple of num_attention_heads {} (head_dim would say otherwise)", config.file(),
         llama.hiddenSize, llama.heads);
  llama.headDim = readSizeOr(config, "head_dim", llama.hiddenSize / llama.heads);
  if (llama.headDim % 2 != 0)
    fail("{}: head_dim {} is odd (rotary positions turn pairs)", config.file(), llama.headDim);
  checkHeads(config, llama.heads, llama.headDim);
}

} // namespace

LlamaConfig readLlamaConfig(const JsonObject &config) {
  checkImplemented(config);
  checkLayerTypes(config);

  LlamaConfig llama;
  llama.activation = readActivation(config, "hidden_act");
  readModelConfig(config, false, llama);
  llama.hiddenSize = readSize(config, "hidden_size");
  llama.intermediateSize = readSize(config, "intermediate_size");
  llama.layers = readLayers(config, "num_hidden_layers");
  readHeads(config, llama);
  llama.rmsNormEpsilon = readEpsilon(config, "rms_norm_eps");
  llama.ropeTheta = readRopeTheta(config);
  llama.attentionBias = config.flagOr("attention_bias", false);
  llama.mlpBias = config.flagOr("mlp_bias", false);
  return llama;
}

} // namespace mase
