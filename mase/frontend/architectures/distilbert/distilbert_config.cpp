// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/distilbert/distilbert_config.h"

#include "mase/frontend/architectures/config_keys.h"
#include "mase/support/error.h"

namespace mase {

DistilBertConfig readDistilBertConfig(const JsonObject &config) {
  checkShared(config, "distilbert");
  checkNeutral(config, {{"is_decoder", false},
                        {"position_embedding_type", "absolute"},
                        {"num_key_value_heads", nullptr},
                        {"head_dim", nullptr},
                        {"rope_theta", nullptr},
                        {"rope_scaling", nullptr},
                        {"rope_parameters", nullptr},
                        {"layer_types", nullptr},
                        {"sliding_window", nullptr},
                        {"pruned_heads", Json::object()},
                        {"chunk_size_feed_forward", 0}});
  DistilBertConfig bert;
  bert.activation = readActivation(config, "activation");
  readModelConfig(config, true, bert);
  bert.classes = readClasses(config);
  bert.causal = false;
  bert.hiddenSize = readSize(config, "dim");
  bert.intermediateSize = readSize(config, "hidden_dim");
  bert.layers = readLayers(config, "n_layers");
  bert.heads = readSize(config, "n_heads");
  if (bert.hiddenSize % bert.heads != 0)
    fail("{}: dim {} is not a multiple of n_heads {}", config.file(), bert.hiddenSize, bert.heads);
  return bert;
}

} // namespace mase
