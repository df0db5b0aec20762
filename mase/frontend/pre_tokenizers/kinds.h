// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The readers of the kinds of pre-tokenizers, each in the file that its name says.
///
/// Each takes the object of tokenizer.json whose `type` is its kind. Errors  InputError: a member that is missing, not
/// known or out of range.
#pragma once

#include "mase/frontend/pre_tokenizers/pre_tokenizer.h"

namespace mase {

/// bert.cpp: at white space, around punctuation marks.
std::unique_ptr<PreTokenizer> readBertPreTokenizer(const JsonObject &step);
/// byte_level.cpp: GPT-2's words, spelt in the byte-level alphabet.
std::unique_ptr<PreTokenizer> readByteLevelPreTokenizer(const JsonObject &step);
/// characters.cpp: at one character, which goes.
std::unique_ptr<PreTokenizer> readCharDelimiterSplit(const JsonObject &step);
/// characters.cpp: digits, each alone or in runs.
std::unique_ptr<PreTokenizer> readDigits(const JsonObject &step);
/// metaspace.cpp: a space is spelt "▁" and opens a word.
std::unique_ptr<PreTokenizer> readMetaspacePreTokenizer(const JsonObject &step);
/// characters.cpp: around punctuation marks.
std::unique_ptr<PreTokenizer> readPunctuation(const JsonObject &step);
/// split.cpp: at what a pattern matches.
std::unique_ptr<PreTokenizer> readSplit(const JsonObject &step);
/// whitespace.cpp: runs of word characters, and of others that are no white space.
std::unique_ptr<PreTokenizer> readWhitespace(const JsonObject &step);
/// characters.cpp: at white space.
std::unique_ptr<PreTokenizer> readWhitespaceSplit(const JsonObject &step);

} // namespace mase
