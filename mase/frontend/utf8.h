// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// UTF-8, checked and mended.
///
/// A byte sequence is valid as RFC 3629 says: shortest form, no surrogates, at most U+10FFFF. All functions are linear
/// and thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mase {

/// One step of reading: a character, or the longest run of bytes that began one and did not complete it.
struct Utf8Step {
  size_t bytes = 0;       ///< at least 1
  uint32_t codePoint = 0; ///< of a valid character
  bool valid = false;
  bool incomplete = false; ///< not valid, and only because the text ends
};
/// Reads at the front of `text`, which is not empty.
Utf8Step utf8Step(std::string_view text);

/// Where the first byte stands that is not UTF-8, or npos.
size_t firstInvalidUtf8(std::string_view text);

/// Each run of bytes that is no character becomes U+FFFD, run by run as the Unicode Standard recommends (3.9, D93b).
std::string mendUtf8(std::string_view text);

/// The UTF-8 bytes of a code point.
std::string utf8Of(uint32_t codePoint);

/// White space by the Unicode property White_Space.
bool isWhiteSpace(uint32_t codePoint);

/// Bytes of white space at the front and at the end of a valid text.
size_t whiteSpaceInFront(std::string_view text);
size_t whiteSpaceBehind(std::string_view text);

/// Calls visit(code point, its bytes) for each character of `text`, which is valid.
template <typename Visit>
void forEachCodePoint(std::string_view text, const Visit &visit) {
  for (size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8Step(text.substr(at));
    visit(step.codePoint, text.substr(at, step.bytes));
    at += step.bytes;
  }
}

/// How many characters a valid text has.
size_t countCodePoints(std::string_view text);

} // namespace mase
