// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/characters.h"

#include "mase/frontend/utf8.h"

#include <algorithm>
#include <unicode/uchar.h>

namespace mase {
namespace {

/// Whether the code point was assigned in that version of Unicode already.
bool isOld(uint32_t c, int version = 8) {
  UVersionInfo age;
  u_charAge(static_cast<UChar32>(c), age);
  return age[0] >= 1 && age[0] <= version;
}
bool isIn(uint32_t c, uint32_t categories) { return (U_GET_GC_MASK(static_cast<UChar32>(c)) & categories) != 0; }

} // namespace

bool isPunctuation(uint32_t c) {
  if (c < 0x80)
    return c > ' ' && c < 0x7F && !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
  return (isIn(c, U_GC_P_MASK) && isOld(c)) || c == 0x166D || c == 0x111C9; // no longer since Unicode 12 and 11
}

bool isControl(uint32_t c) {
  return c != '\t' && c != '\n' && c != '\r' && isIn(c, U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK) && isOld(c);
}

bool isAccent(uint32_t c) {
  const bool since = c == 0x1885 || c == 0x1886 || c == 0xA9BD || c == 0x111C9; // Unicode 9 and 11
  return (isIn(c, U_GC_MN_MASK) && isOld(c) && !since) || c == 0x1734;
}

bool isMark(uint32_t c) {
  const bool noLonger = c == 0x1CF2 || c == 0x1CF3;                         // letters since Unicode 12
  return (isIn(c, U_GC_M_MASK) && isOld(c, 9) && c != 0x111C9) || noLonger; // 111C9: since Unicode 11
}

bool isNumber(uint32_t c) { return c < 0x80 ? c >= '0' && c <= '9' : isIn(c, U_GC_N_MASK); }

bool isWordCharacter(uint32_t c) {
  if (c < 0x80)
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_ALPHABETIC) || c == 0x200C || c == 0x200D ||
         isIn(c, U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK);
}

bool isIdeograph(uint32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

bool isAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string lowerCase(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  forEachCodePoint(text, [&](uint32_t c, std::string_view bytes) {
    if (c < 0x80)
      result += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    else if (c == 0x130)
      result += "i\u0307";
    else if (const auto lower = static_cast<uint32_t>(u_tolower(static_cast<UChar32>(c))); lower != c)
      result += utf8Of(lower);
    else
      result += bytes;
  });
  return result;
}

} // namespace mase
