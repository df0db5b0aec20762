// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/opt/opt_config.h"

#include "mase/frontend/architectures/config_keys.h"
#include "mase/support/error.h"

namespace mase {

OptConfig readOptConfig(const JsonObject &config) {
  checkShared(config, "opt");
  // What OPT's own code would pass over, but whoever wrote it into the file meant.
  checkNeutral(config, {{"layer_norm_elementwise_affine", true},
                        {"position_embedding_type", "absolute"},
                        {"num_key_value_heads", nullptr},
                        {"head_dim", nullptr},
                        {"rope_theta", nullptr},
                        {"rope_scaling", nullptr},
                        {"rope_parameters", nullptr},
                        {"layer_types", nullptr},
                        {"sliding_window", nullptr},
                        {"final_logit_softcapping", nullptr}});

  OptConfig opt;
  opt.activation = readActivation(config, "activation_function");
  readModelConfig(config, true, opt);
  opt.hiddenSize = readSize(config, "hidden_size");
  opt.embeddingSize = readSizeOr(config, "word_embed_proj_dim", opt.hiddenSize);
  opt.ffnSize = readSize(config, "ffn_dim");
  opt.layers = readLayers(config, "num_hidden_layers");
  opt.heads = readSize(config, "num_attention_heads");
  if (opt.hiddenSize % opt.heads != 0)
    fail("{}: hidden_size {} is not a multiple of num_attention_heads {}", config.file(), opt.hiddenSize, opt.heads);
  opt.bias = config.flagOr("enable_bias", true);
  opt.normBefore = config.flagOr("do_layer_norm_before", true);
  opt.finalNorm = opt.normBefore && !config.flagOr("_remove_final_layer_norm", false);
  return opt;
}

} // namespace mase
