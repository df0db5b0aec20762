// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of a Mistral decoder: LLaMA's without biases, each layer with a sliding window or none.
///
/// What is refused and what is ignored: ../config_keys.h and ../rotary_decoder_config.h.
/// Source  Jiang et al., Mistral 7B, 2023; the keys: transformers' MistralConfig
#pragma once

#include "mase/frontend/architectures/rotary_decoder_config.h"

namespace mase {

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
RotaryDecoderConfig readMistralConfig(const JsonObject &config);

} // namespace mase
