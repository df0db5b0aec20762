// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Classes of characters as the parts of tokenizers define them, code point by code point as Hugging Face's library has
/// them.
///
/// Some of its parts take their classes from Unicode 8, others from the newest; ICU knows in which version a code point
/// was assigned, so both come from one table (docs/tokenizers.md lists what differs). Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mase {

/// ASCII punctuation, and the general categories P of Unicode 8.
bool isPunctuation(uint32_t codePoint);
/// Categories Cc, Cf and Co of Unicode 8, but for tab, line feed and carriage return.
bool isControl(uint32_t codePoint);
/// Marks that take no room (Mn) of Unicode 8: what BERT drops as accents.
bool isAccent(uint32_t codePoint);
/// Marks of any kind (M) of Unicode 9.
bool isMark(uint32_t codePoint);
/// Numbers of any kind: Nd, Nl, No.
bool isNumber(uint32_t codePoint);
/// Characters of words: alphabetic ones, marks, decimal digits, connecting punctuation, joiners (Unicode TS 18, \w).
bool isWordCharacter(uint32_t codePoint);
/// The CJK ideographs that BERT takes for words of their own.
bool isIdeograph(uint32_t codePoint);

/// Every character in lower case by itself, without regard to its neighbours.
std::string lowerCase(std::string_view text);
bool isAscii(std::string_view text);

} // namespace mase
