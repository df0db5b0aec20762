// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/mistral/mistral_config.h"

namespace mase {

RotaryDecoderConfig readMistralConfig(const JsonObject &config) {
  checkNeutral(config, {{"layer_types", nullptr},
                        {"attention_bias", false},
                        {"mlp_bias", false},
                        {"attn_logit_softcapping", nullptr},
                        {"final_logit_softcapping", nullptr}});
  RotaryDecoderConfig mistral = readRotaryDecoder(config, {.modelType = "mistral"});
  readWindows(
      config, readWindow(config), [](int64_t) { return true; }, mistral);
  return mistral;
}

} // namespace mase
