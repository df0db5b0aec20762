// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of a LLaMA decoder: RMSNorm, rotary positions, grouped-query attention, a gated MLP.
///
/// Both generations of the file are read: `rope_parameters` and `dtype` (transformers 5), `rope_theta`, `rope_scaling`
/// and `torch_dtype` (before). What is refused and what is ignored: ../config_keys.h.
/// Source  Touvron et al., LLaMA, 2023; the keys: transformers' LlamaConfig
#pragma once

#include "mase/frontend/architectures/model_config.h"
#include "mase/frontend/json.h"

namespace mase {

/// Sizes in elements, all > 0.
struct LlamaConfig : ModelConfig {
  int64_t hiddenSize = 0;
  int64_t intermediateSize = 0;
  int64_t layers = 0;
  int64_t heads = 0;
  int64_t kvHeads = 0; ///< divides heads
  int64_t headDim = 0; ///< even; hiddenSize / heads unless the file says otherwise
  double rmsNormEpsilon = 0;
  double ropeTheta = 0;
  std::string activation; ///< Hugging Face's name: "silu"
  bool attentionBias = false;
  bool mlpBias = false;
};

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
LlamaConfig readLlamaConfig(const JsonObject &config);

} // namespace mase
