// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the program needs to know of a model whatever its architecture.
///
/// Each architecture's own config is derived from this one (llama/llama_config.h); only the architecture reads the
/// rest. Filled by readModelConfig (config_keys.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mase {

struct ModelConfig {
  int64_t vocabSize = 0;          ///< > 0; ids are below it
  int64_t classes = 0;            ///< > 0: a classifier, whose result is one row of these; 0: a language model
  int64_t maxPositions = 0;       ///< the longest context, > 0
  bool causal = true;             ///< a token's result does not depend on later tokens
  bool tieWordEmbeddings = false; ///< the head is the embedding's weight: lm_head.weight is absent
  std::optional<int32_t> bosId;
  std::vector<int32_t> eosIds; ///< any of these ends a text; may be empty
  bool quantized = false;      ///< `mase quantize` wrote the folder: its formats.toml holds
  std::string dtype;           ///< what the file says of its weights ("bfloat16"), or empty
};

} // namespace mase
