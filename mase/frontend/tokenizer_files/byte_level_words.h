// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The ways in which published byte-level BPEs cut words, by the names that llama.cpp gave them (`tokenizer.ggml.pre`).
///
/// The table is in byte_level_words.cpp; a model's tokenizer.json is where each entry comes from.
/// Source  https://github.com/ggml-org/llama.cpp/blob/master/convert_hf_to_gguf_update.py (which model has which)
#pragma once

#include "mase/frontend/json.h"

#include <span>

namespace mase {

struct ByteLevelWords {
  std::string_view name;
  const char *steps; ///< the pre-tokenizers, an array of JSON; the last is ByteLevel
  bool ignoreMerges = false;
  const char *normalizer = nullptr; ///< JSON
  Json preTokenizer() const { return {{"type", "Sequence"}, {"pretokenizers", Json::parse(steps)}}; }
};

std::span<const ByteLevelWords> allByteLevelWords();
/// Nothing where the name is not known.
const ByteLevelWords *findByteLevelWords(std::string_view name);

} // namespace mase
