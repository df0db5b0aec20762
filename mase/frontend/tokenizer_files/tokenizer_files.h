// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Where a tokenizer comes from when a directory is named, in the terms of a tokenizer.json.
///
/// The first of these that is there counts: tokenizer.json, tokenizer.model (SentencePiece), vocab.json with merges.txt
/// (GPT-2's byte-level BPE), vocab.txt (BERT). What the older files leave open is taken from tokenizer_config.json
/// beside them.
#pragma once

#include "mase/frontend/json.h"

#include <filesystem>

namespace mase {

struct TokenizerSource {
  std::string file; ///< what errors start with
  Json json;
};

/// `path` is a directory, or a file: a tokenizer.json, or one that ends in .model.
/// Errors  InputError: nothing to read, and those of the readers.
TokenizerSource readTokenizerSource(const std::filesystem::path &path);

} // namespace mase
