// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/llama/llama_config.h"

namespace mase {

LlamaConfig readLlamaConfig(const JsonObject &config) {
  checkNeutral(config, {{"sliding_window", nullptr},
                        {"use_sliding_window", false},
                        {"attn_logit_softcapping", nullptr},
                        {"final_logit_softcapping", nullptr}});
  LlamaConfig llama = {readRotaryDecoder(
      config, {.modelType = "llama", .rope = {.theta = 10000.0}, .saysKvHeads = false})}; // as LLaMA 1 and 2 mean it
  readWindows(config, 0, {}, llama);
  llama.attentionBias = config.flagOr("attention_bias", false);
  llama.mlpBias = config.flagOr("mlp_bias", false);
  return llama;
}

} // namespace mase
