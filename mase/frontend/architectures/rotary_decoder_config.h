// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the configs of decoders with RMSNorm, rotary positions, grouped queries and a gated MLP share: LLaMA, Mistral,
/// Qwen, Phi-3, Gemma 2.
///
/// Each architecture says beside this which keys it knows more and which it refuses. What is refused and what is
/// ignored: config_keys.h. Source  the keys: transformers' configurations
#pragma once

#include "mase/frontend/architectures/config_keys.h"
#include "mase/frontend/architectures/rope_config.h"

#include <functional>

namespace mase {

/// Sizes in elements, all > 0.
struct RotaryDecoderConfig : ModelConfig {
  int64_t hiddenSize = 0;
  int64_t intermediateSize = 0;
  int64_t layers = 0;
  int64_t heads = 0;
  int64_t kvHeads = 0; ///< divides heads
  int64_t headDim = 0; ///< even
  double rmsNormEpsilon = 0;
  RopeAngles rope;
  std::string activation;       ///< Hugging Face's name: "silu"
  std::vector<int64_t> windows; ///< of each layer: tokens that a token sees, itself among them; 0: all
};

/// What differs from architecture to architecture.
struct RotaryDecoderKeys {
  const char *modelType;
  RopeKeys rope = {};
  bool tied = false;        ///< what an absent tie_word_embeddings means
  bool saysKvHeads = true;  ///< num_key_value_heads must be there: the class has a number of its own for it
  bool saysHeadDim = false; ///< likewise head_dim; else it is hidden_size / heads
  const char *activation = "hidden_act";
};

/// The shared keys, all layers without windows.
/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
RotaryDecoderConfig readRotaryDecoder(const JsonObject &config, const RotaryDecoderKeys &keys);

/// `sliding_window`: tokens, or 0 where the file has null. Errors  InputError: the key is absent, as classes have
/// windows of their own then.
int64_t readWindow(const JsonObject &config);

/// Gives layers their windows: those that `layer_types` calls sliding_attention, or where the file has none those of
/// `isSliding`. A window of all positions is none.
/// window  0: no layer may slide
void readWindows(const JsonObject &config, int64_t window, const std::function<bool(int64_t layer)> &isSliding,
                 RotaryDecoderConfig &decoder);

} // namespace mase
