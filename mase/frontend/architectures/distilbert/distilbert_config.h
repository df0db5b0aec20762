// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of a DistilBERT encoder that classifies texts: BERT without types of tokens and without a pooler.
///
/// What is refused and what is ignored: ../config_keys.h.
/// Source  Sanh et al., DistilBERT, 2019; the keys: transformers' DistilBertConfig
#pragma once

#include "mase/frontend/architectures/model_config.h"
#include "mase/frontend/json.h"

namespace mase {

/// Sizes in elements, all > 0.
struct DistilBertConfig : ModelConfig {
  int64_t hiddenSize = 0; ///< a multiple of heads
  int64_t intermediateSize = 0;
  int64_t layers = 0;
  int64_t heads = 0;
  std::string activation; ///< Hugging Face's name: "gelu"
};

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
DistilBertConfig readDistilBertConfig(const JsonObject &config);

} // namespace mase
