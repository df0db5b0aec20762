// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of a LLaMA decoder: RMSNorm, rotary positions, grouped-query attention, a gated MLP.
///
/// Both generations of the file are read: `rope_parameters` and `dtype` (transformers 5), `rope_theta`, `rope_scaling`
/// and `torch_dtype` (before). What is refused and what is ignored: ../config_keys.h.
/// Source  Touvron et al., LLaMA, 2023; the keys: transformers' LlamaConfig
#pragma once

#include "mase/frontend/architectures/rotary_decoder_config.h"

namespace mase {

struct LlamaConfig : RotaryDecoderConfig {
  bool attentionBias = false;
  bool mlpBias = false;
};

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
LlamaConfig readLlamaConfig(const JsonObject &config);

} // namespace mase
