// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/qwen3/qwen3_config.h"

#include "mase/frontend/architectures/qwen2/qwen2_config.h"

namespace mase {

Qwen3Config readQwen3Config(const JsonObject &config) {
  checkNeutral(config,
               {{"mlp_bias", false}, {"attn_logit_softcapping", nullptr}, {"final_logit_softcapping", nullptr}});
  Qwen3Config qwen = {readRotaryDecoder(config, {.modelType = "qwen3", .saysHeadDim = true})};
  readQwenWindows(config, qwen);
  qwen.attentionBias = config.flagOr("attention_bias", false);
  return qwen;
}

} // namespace mase
