// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of a BERT encoder that classifies texts: learned positions, types of tokens, norms behind the sums,
/// attention that sees the whole text.
///
/// What is refused and what is ignored: ../config_keys.h.
/// Source  Devlin et al., BERT, 2019; the keys: transformers' BertConfig
#pragma once

#include "mase/frontend/architectures/model_config.h"
#include "mase/frontend/json.h"

namespace mase {

/// Sizes in elements, all > 0.
struct BertConfig : ModelConfig {
  int64_t hiddenSize = 0; ///< a multiple of heads
  int64_t intermediateSize = 0;
  int64_t layers = 0;
  int64_t heads = 0;
  int64_t tokenTypes = 0;
  std::string activation; ///< Hugging Face's name: "gelu"
  double layerNormEpsilon = 0;
  int64_t positionOffset = 0; ///< rows that the table of positions holds before position 0
};

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
BertConfig readBertConfig(const JsonObject &config);

/// The keys that BERT and RoBERTa share. Errors  as readBertConfig.
BertConfig readBertKeys(const JsonObject &config, const char *modelType);

} // namespace mase
