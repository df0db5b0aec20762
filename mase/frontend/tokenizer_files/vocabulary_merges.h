// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A byte-level BPE without a tokenizer.json, as GPT-2's was first published: vocab.json (tokens and ids) and
/// merges.txt (a merge a line, the first learnt first; a line "#version" in front).
///
/// What the files leave open is as Hugging Face's GPT2Tokenizer, RobertaTokenizer and Qwen2Tokenizer take it, which of
/// them `tokenizer_class` of tokenizer_config.json says; without one it is GPT-2's. The usual spellings of special
/// tokens
/// ("<|endoftext|>", "<s>", "</s>", "<pad>", "<unk>", "<mask>") are special where the vocabulary has them.
#pragma once

#include "mase/frontend/json.h"

#include <filesystem>

namespace mase {

/// The tokenizer.json that says the same as `folder`/vocab.json and `folder`/merges.txt.
/// Errors  InputError: a line that is no merge, a special token that is none, another tokenizer's configuration.
Json tokenizerOfMerges(const std::filesystem::path &folder);

} // namespace mase
