// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A BERT vocabulary without a tokenizer.json, as it was first published: vocab.txt, a token a line, numbered from 0.
///
/// What the file leaves open is as Hugging Face's BertTokenizer takes it: from tokenizer_config.json beside it
/// (do_lower_case, strip_accents, tokenize_chinese_chars, the names of the special tokens), else its defaults.
#pragma once

#include "mase/frontend/json.h"

#include <filesystem>

namespace mase {

/// The tokenizer.json that says the same as `folder`/vocab.txt.
/// Errors  InputError: a token that stands twice or is empty, no token for [UNK], [CLS] or [SEP], another tokenizer's
///         configuration.
Json tokenizerOfVocabulary(const std::filesystem::path &folder);

} // namespace mase
