// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The readers of the kinds of decoders, each in the file that its name says.
///
/// Each takes the object of tokenizer.json whose `type` is its kind. Errors  InputError: a member that is missing, not
/// known or out of range.
#pragma once

#include "mase/frontend/decoders/decoder.h"

namespace mase {

/// byte_fallback.cpp: "<0x0A>" is a byte; runs of bytes are characters.
std::unique_ptr<Decoder> readByteFallback(const JsonObject &step);
/// byte_level.cpp: the byte-level alphabet.
std::unique_ptr<Decoder> readByteLevelDecoder(const JsonObject &step);
/// fuse.cpp: all tokens are one.
std::unique_ptr<Decoder> readFuse(const JsonObject &step);
/// metaspace.cpp: "▁" is a space, but in front of the text.
std::unique_ptr<Decoder> readMetaspaceDecoder(const JsonObject &step);
/// replace.cpp: a text by a text, or what a pattern matches.
std::unique_ptr<Decoder> readReplaceDecoder(const JsonObject &step);
/// strip.cpp: a character at the ends of tokens.
std::unique_ptr<Decoder> readStripDecoder(const JsonObject &step);
/// word_piece.cpp: spaces between words, "##" continues one.
std::unique_ptr<Decoder> readWordPieceDecoder(const JsonObject &step);

} // namespace mase
