// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/gpt_neox/gpt_neox_config.h"

#include "mase/frontend/architectures/config_keys.h"
#include "mase/frontend/architectures/rope_config.h"
#include "mase/support/error.h"

namespace mase {

GptNeoxConfig readGptNeoxConfig(const JsonObject &config) {
  checkShared(config, "gpt_neox");
  checkNeutral(config, {{"position_embedding_type", nullptr},
                        {"num_key_value_heads", nullptr},
                        {"head_dim", nullptr},
                        {"layer_types", nullptr},
                        {"sliding_window", nullptr},
                        {"final_logit_softcapping", nullptr}});
  GptNeoxConfig neox;
  neox.activation = readActivation(config, "hidden_act");
  readModelConfig(config, false, neox);
  neox.hiddenSize = readSize(config, "hidden_size");
  neox.intermediateSize = readSize(config, "intermediate_size");
  neox.layers = readLayers(config, "num_hidden_layers");
  neox.heads = readSize(config, "num_attention_heads");
  if (neox.hiddenSize % neox.heads != 0)
    fail("{}: hidden_size {} is not a multiple of num_attention_heads {}", config.file(), neox.hiddenSize, neox.heads);
  neox.layerNormEpsilon = readEpsilon(config, "layer_norm_eps");
  neox.rope = readRope(
      config, neox.hiddenSize / neox.heads,
      {.theta = 10000.0, .olderTheta = "rotary_emb_base", .partial = true, .share = 0.25, .olderShare = "rotary_pct"});
  neox.parallel = config.flagOr("use_parallel_residual", true);
  neox.attentionBias = config.flagOr("attention_bias", true);
  return neox;
}

} // namespace mase
