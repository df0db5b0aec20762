// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of a GPT-NeoX decoder, as Pythia has it: layer norms, rotary positions on a part of each head, and both
/// branches side by side.
///
/// What is refused and what is ignored: ../config_keys.h and ../rope_config.h.
/// Source  Black et al., GPT-NeoX-20B, 2022; the keys: transformers' GPTNeoXConfig
#pragma once

#include "mase/frontend/architectures/model_config.h"
#include "mase/frontend/json.h"
#include "mase/ops/rope/rope_angles.h"

namespace mase {

/// Sizes in elements, all > 0.
struct GptNeoxConfig : ModelConfig {
  int64_t hiddenSize = 0; ///< a multiple of heads
  int64_t intermediateSize = 0;
  int64_t layers = 0;
  int64_t heads = 0;
  double layerNormEpsilon = 0;
  RopeAngles rope;
  std::string activation; ///< Hugging Face's name: "gelu"
  bool parallel = true;   ///< both branches read the layer's input; else one the other's sum
  bool attentionBias = true;
};

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
GptNeoxConfig readGptNeoxConfig(const JsonObject &config);

} // namespace mase
