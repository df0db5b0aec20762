// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The alphabet of byte-level tokenizers: every byte has a printable character, so tokens can be spelt in JSON.
///
/// Bytes that print in Latin-1 stand for themselves, the 68 others for U+0100 and on, in order: a space is spelt "Ġ".
/// Source  GPT-2's released encoder (Radford et al., 2019)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mase {

/// The character, as UTF-8, that stands for a byte.
const std::string &byteLevelSpelling(uint8_t byte);

/// Appends `bytes` in that alphabet.
void appendByteLevel(std::string_view bytes, std::string &spelt);

/// The bytes that a token spelt so stands for. A spelling with a character outside the alphabet (an added token's)
/// stands for its own bytes, as Hugging Face has it.
std::string byteLevelBytes(std::string_view spelling);

} // namespace mase
