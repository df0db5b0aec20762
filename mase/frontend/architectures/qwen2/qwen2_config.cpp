// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/qwen2/qwen2_config.h"

namespace mase {

void readQwenWindows(const JsonObject &config, RotaryDecoderConfig &qwen) {
  const bool used = config.flagOr("use_sliding_window", false);
  const int64_t window = used ? readWindow(config) : 0;
  const int64_t first = window > 0 ? config.integer("max_window_layers", 0, int64_t{1} << 30) : 0;
  readWindows(
      config, window, [first](int64_t layer) { return layer >= first; }, qwen);
}

RotaryDecoderConfig readQwen2Config(const JsonObject &config) {
  checkNeutral(config, {{"attention_bias", nullptr}, // these classes do not read it
                        {"mlp_bias", false},
                        {"attn_logit_softcapping", nullptr},
                        {"final_logit_softcapping", nullptr}});
  RotaryDecoderConfig qwen = readRotaryDecoder(config, {.modelType = "qwen2"});
  readQwenWindows(config, qwen);
  return qwen;
}

} // namespace mase
