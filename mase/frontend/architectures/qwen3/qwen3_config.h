// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of a Qwen3 decoder: LLaMA's with a norm of each head's q and k, and heads of any size.
///
/// What is refused and what is ignored: ../config_keys.h and ../rotary_decoder_config.h.
/// Source  Yang et al., Qwen3, 2025; the keys: transformers' Qwen3Config
#pragma once

#include "mase/frontend/architectures/rotary_decoder_config.h"

namespace mase {

struct Qwen3Config : RotaryDecoderConfig {
  bool attentionBias = false; ///< of q, k, v and the output
};

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
Qwen3Config readQwen3Config(const JsonObject &config);

} // namespace mase
