// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/bert/bert_config.h"

#include "mase/frontend/architectures/config_keys.h"
#include "mase/support/error.h"

namespace mase {

BertConfig readBertConfig(const JsonObject &config) { return readBertKeys(config, "bert"); }

BertConfig readBertKeys(const JsonObject &config, const char *modelType) {
  checkShared(config, modelType);
  checkNeutral(config, {{"is_decoder", false},
                        {"position_embedding_type", "absolute"},
                        {"embedding_size", nullptr},
                        {"num_key_value_heads", nullptr},
                        {"head_dim", nullptr},
                        {"rope_theta", nullptr},
                        {"rope_scaling", nullptr},
                        {"rope_parameters", nullptr},
                        {"layer_types", nullptr},
                        {"sliding_window", nullptr},
                        {"pruned_heads", Json::object()},
                        {"chunk_size_feed_forward", 0}});

  BertConfig bert;
  bert.activation = readActivation(config, "hidden_act");
  readModelConfig(config, true, bert);
  bert.classes = readClasses(config);
  bert.causal = false;
  bert.hiddenSize = readSize(config, "hidden_size");
  bert.intermediateSize = readSize(config, "intermediate_size");
  bert.layers = readLayers(config, "num_hidden_layers");
  bert.heads = readSize(config, "num_attention_heads");
  if (bert.hiddenSize % bert.heads != 0)
    fail("{}: hidden_size {} is not a multiple of num_attention_heads {}", config.file(), bert.hiddenSize, bert.heads);
  bert.tokenTypes = readSize(config, "type_vocab_size");
  bert.layerNormEpsilon = readEpsilon(config, "layer_norm_eps");
  return bert;
}

} // namespace mase
