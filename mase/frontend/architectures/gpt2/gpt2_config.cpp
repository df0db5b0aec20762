// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/gpt2/gpt2_config.h"

#include "mase/frontend/architectures/config_keys.h"
#include "mase/support/error.h"

namespace mase {

Gpt2Config readGpt2Config(const JsonObject &config) {
  checkShared(config, "gpt2");
  // Of these GPT-2's own code reads the first two; whoever wrote one of the others into the file meant it.
  checkNeutral(config, {{"scale_attn_weights", true},
                        {"scale_attn_by_inverse_layer_idx", false},
                        {"position_embedding_type", "absolute"},
                        {"num_key_value_heads", nullptr},
                        {"head_dim", nullptr},
                        {"rope_theta", nullptr},
                        {"rope_scaling", nullptr},
                        {"rope_parameters", nullptr},
                        {"layer_types", nullptr},
                        {"sliding_window", nullptr},
                        {"final_logit_softcapping", nullptr}});
  Gpt2Config gpt;
  gpt.activation = readActivation(config, "activation_function");
  readModelConfig(config, true, gpt, "n_positions");
  gpt.hiddenSize = readSize(config, "n_embd");
  gpt.innerSize = readSizeOr(config, "n_inner", 4 * gpt.hiddenSize);
  gpt.layers = readLayers(config, "n_layer");
  gpt.heads = readSize(config, "n_head");
  if (gpt.hiddenSize % gpt.heads != 0)
    fail("{}: n_embd {} is not a multiple of n_head {}", config.file(), gpt.hiddenSize, gpt.heads);
  gpt.layerNormEpsilon = readEpsilon(config, "layer_norm_epsilon");
  return gpt;
}

} // namespace mase
