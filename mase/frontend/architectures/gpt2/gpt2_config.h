// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of a GPT-2 decoder: layer norms in front of the branches, learned positions, an MLP of two linears.
///
/// What is refused and what is ignored: ../config_keys.h.
/// Source  Radford et al., Language Models are Unsupervised Multitask Learners, 2019; the keys: transformers'
/// GPT2Config
#pragma once

#include "mase/frontend/architectures/model_config.h"
#include "mase/frontend/json.h"

namespace mase {

/// Sizes in elements, all > 0.
struct Gpt2Config : ModelConfig {
  int64_t hiddenSize = 0; ///< a multiple of heads
  int64_t innerSize = 0;
  int64_t layers = 0;
  int64_t heads = 0;
  double layerNormEpsilon = 0;
  std::string activation; ///< Hugging Face's name: "gelu_new"
};

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
Gpt2Config readGpt2Config(const JsonObject &config);

} // namespace mase
