// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of a Qwen2 decoder: LLaMA's with biases of q, k and v; some layers may have a sliding window.
///
/// What is refused and what is ignored: ../config_keys.h and ../rotary_decoder_config.h.
/// Source  Yang et al., Qwen2, 2024; the keys: transformers' Qwen2Config
#pragma once

#include "mase/frontend/architectures/rotary_decoder_config.h"

namespace mase {

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
RotaryDecoderConfig readQwen2Config(const JsonObject &config);

/// The windows of Qwen2 and Qwen3: `sliding_window` counts with `use_sliding_window` alone, for the layers from
/// `max_window_layers` on or for those that `layer_types` names.
void readQwenWindows(const JsonObject &config, RotaryDecoderConfig &qwen);

} // namespace mase
