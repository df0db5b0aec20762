// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of an OPT decoder: layer norm, learned positions, biases everywhere, an MLP of two linears.
///
/// Both shapes that were published: norms in front of each branch and one behind the last layer; or, as OPT-350m has
/// it, norms behind each branch, none behind the last layer, and embeddings narrower than the layers. What is refused
/// and what is ignored: ../config_keys.h. Source  Zhang et al., OPT, 2022; the keys: transformers' OPTConfig
#pragma once

#include "mase/frontend/architectures/model_config.h"
#include "mase/frontend/json.h"

namespace mase {

/// Sizes in elements, all > 0.
struct OptConfig : ModelConfig {
  int64_t hiddenSize = 0;    ///< a multiple of heads
  int64_t embeddingSize = 0; ///< of the token embedding and the head's input; projected when it is not hiddenSize
  int64_t ffnSize = 0;
  int64_t layers = 0;
  int64_t heads = 0;
  std::string activation; ///< Hugging Face's name: "relu"
  bool bias = true;       ///< of the layers' linears
  bool normBefore = true; ///< norms in front of the branches, else behind the sums
  bool finalNorm = true;  ///< a norm behind the last layer
};

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
OptConfig readOptConfig(const JsonObject &config);

} // namespace mase
