// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of a Phi-3 decoder: LLaMA's with q, k and v in one matrix, gate and up in another.
///
/// What is refused and what is ignored: ../config_keys.h and ../rotary_decoder_config.h.
/// Source  Abdin et al., Phi-3, 2024; the keys: transformers' Phi3Config
#pragma once

#include "mase/frontend/architectures/rotary_decoder_config.h"

namespace mase {

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
RotaryDecoderConfig readPhi3Config(const JsonObject &config);

} // namespace mase
