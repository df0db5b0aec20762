// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of a Gemma 2 decoder: four norms a layer, soft caps, windows in every other layer, scaled embeddings.
///
/// What is refused and what is ignored: ../config_keys.h and ../rotary_decoder_config.h.
/// Source  Gemma Team, Gemma 2, 2024; the keys: transformers' Gemma2Config
#pragma once

#include "mase/frontend/architectures/rotary_decoder_config.h"

namespace mase {

struct Gemma2Config : RotaryDecoderConfig {
  double scale = 0;        ///< of attention's scores
  double attentionCap = 0; ///< of scores; 0: none
  double logitCap = 0;     ///< likewise
};

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
Gemma2Config readGemma2Config(const JsonObject &config);

} // namespace mase
