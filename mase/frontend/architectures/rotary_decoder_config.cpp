// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/rotary_decoder_config.h"

#include "mase/support/error.h"

namespace mase {
namespace {

void readHeads(const JsonObject &config, const RotaryDecoderKeys &keys, RotaryDecoderConfig &decoder) {
  decoder.heads = readSize(config, "num_attention_heads");
  decoder.kvHeads = keys.saysKvHeads ? readSize(config, "num_key_value_heads")
                                     : readSizeOr(config, "num_key_value_heads", decoder.heads);
  if (decoder.heads % decoder.kvHeads != 0)
    fail("{}: num_attention_heads {} is not a multiple of num_key_value_heads {}", config.file(), decoder.heads,
         decoder.kvHeads);
  if (keys.saysHeadDim)
    config.require("head_dim");
  if (!config.find("head_dim") && decoder.hiddenSize % decoder.heads != 0)
    fail("{}: hidden_size {} is not a multiple of num_attention_heads {} (head_dim would say otherwise)", config.file(),
         decoder.hiddenSize, decoder.heads);
  decoder.headDim = readSizeOr(config, "head_dim", decoder.hiddenSize / decoder.heads);
  if (decoder.headDim % 2 != 0)
    fail("{}: head_dim {} is odd (rotary positions turn pairs)", config.file(), decoder.headDim);
  checkHeads(config, decoder.heads, decoder.headDim);
}

} // namespace

RotaryDecoderConfig readRotaryDecoder(const JsonObject &config, const RotaryDecoderKeys &keys) {
  checkShared(config, keys.modelType);
  // What these classes would pass over, but whoever wrote it into the file meant.
  checkNeutral(config, {{"no_rope_layers", nullptr},
                        {"rope_interleaved", false},
                        {"qk_norm", false},
                        {"use_qk_norm", false},
                        {"clip_qkv", nullptr},
                        {"attention_multiplier", nullptr},
                        {"embedding_multiplier", 1.0},
                        {"residual_multiplier", 1.0},
                        {"logits_scaling", 1.0},
                        {"logit_scale", 1.0}});
  RotaryDecoderConfig decoder;
  decoder.activation = readActivation(config, keys.activation);
  readModelConfig(config, keys.tied, decoder);
  decoder.hiddenSize = readSize(config, "hidden_size");
  decoder.intermediateSize = readSize(config, "intermediate_size");
  decoder.layers = readLayers(config, "num_hidden_layers");
  readHeads(config, keys, decoder);
  decoder.rmsNormEpsilon = readEpsilon(config, "rms_norm_eps");
  decoder.rope = readRope(config, decoder.headDim, keys.rope);
  decoder.windows.assign(static_cast<size_t>(decoder.layers), 0);
  return decoder;
}

int64_t readWindow(const JsonObject &config) {
  if (!config.value().contains("sliding_window"))
    fail("{}: sliding_window is missing (null says that there is none)", config.file());
  return readSizeOr(config, "sliding_window", 0);
}

void readWindows(const JsonObject &config, int64_t window, const std::function<bool(int64_t layer)> &isSliding,
                 RotaryDecoderConfig &decoder) {
  const bool listed = config.find("layer_types") != nullptr;
  if (listed && std::ssize(config.array("layer_types")) != decoder.layers)
    fail("{}: layer_types has {} entries for {} layers", config.file(), config.array("layer_types").size(),
         decoder.layers);
  for (int64_t layer = 0; layer < decoder.layers; ++layer) {
    bool slides = window > 0 && isSliding(layer);
    if (listed) {
      const Json &type = config.array("layer_types")[static_cast<size_t>(layer)];
      slides = window > 0 && type == "sliding_attention";
      if (!slides && type != "full_attention")
        fail("{}: layer_types holds {}, which is not implemented (implemented: full_attention{})", config.file(),
             inQuotes(type.dump()), window > 0 ? ", sliding_attention" : "");
    }
    if (slides && window < decoder.maxPositions)
      decoder.windows[static_cast<size_t>(layer)] = window;
  }
}

} // namespace mase
