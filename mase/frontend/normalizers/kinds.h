// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The readers of the kinds of normalizers, each in the file that its name says.
///
/// Each takes the object of tokenizer.json whose `type` is its kind. Errors  InputError: a member that is missing, not
/// known or out of range.
#pragma once

#include "mase/frontend/normalizers/normalizer.h"

namespace mase {

/// bert.cpp: cleaning, spaces around ideographs, accents, lower case.
std::unique_ptr<Normalizer> readBertNormalizer(const JsonObject &step);
/// byte_level.cpp: every byte becomes its character of the byte-level alphabet.
std::unique_ptr<Normalizer> readByteLevelNormalizer(const JsonObject &step);
/// lowercase.cpp: every character by itself.
std::unique_ptr<Normalizer> readLowercase(const JsonObject &step);
/// unicode_form.cpp: NFC, NFD, NFKC, NFKD.
std::unique_ptr<Normalizer> readUnicodeForm(const JsonObject &step);
/// nmt.cpp: control characters go, kinds of white space become a space.
std::unique_ptr<Normalizer> readNmt(const JsonObject &step);
/// precompiled.cpp: SentencePiece's table of replacements.
std::unique_ptr<Normalizer> readPrecompiled(const JsonObject &step);
/// prepend.cpp: a text in front.
std::unique_ptr<Normalizer> readPrepend(const JsonObject &step);
/// replace.cpp: a text by a text, or what a pattern matches.
std::unique_ptr<Normalizer> readReplaceNormalizer(const JsonObject &step);
/// strip.cpp: white space at the ends.
std::unique_ptr<Normalizer> readStripNormalizer(const JsonObject &step);
/// strip_accents.cpp: marks.
std::unique_ptr<Normalizer> readStripAccents(const JsonObject &step);

} // namespace mase
