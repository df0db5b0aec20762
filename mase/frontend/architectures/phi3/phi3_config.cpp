// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/phi3/phi3_config.h"

namespace mase {

RotaryDecoderConfig readPhi3Config(const JsonObject &config) {
  checkNeutral(config, {{"layer_types", nullptr},
                        {"attention_bias", false},
                        {"mlp_bias", false},
                        {"attn_logit_softcapping", nullptr},
                        {"final_logit_softcapping", nullptr}});
  RotaryDecoderConfig phi = readRotaryDecoder(config, {.modelType = "phi3", .rope = {.partial = true}});
  readWindows(
      config, readWindow(config), [](int64_t) { return true; }, phi);
  return phi;
}

} // namespace mase
