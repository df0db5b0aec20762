// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/utf8.h"

#include <algorithm>
#include <cstring>

namespace mase {
namespace {

/// The longest prefix of bytes that are all ASCII, eight at a time.
size_t asciiPrefix(std::string_view text) {
  size_t i = 0;
  for (uint64_t word; i + sizeof word <= text.size(); i += sizeof word) {
    std::memcpy(&word, text.data() + i, sizeof word);
    if (word & 0x8080808080808080u)
      break;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80)
    ++i;
  return i;
}

} // namespace

Utf8Step utf8Step(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  uint8_t lead = byte(0);
  if (lead < 0x80)
    return {1, lead, true, false};
  size_t length = lead >= 0xC2 && lead < 0xE0   ? 2
                  : lead >= 0xE0 && lead < 0xF0 ? 3
                  : lead >= 0xF0 && lead < 0xF5 ? 4
                                                : 0;
  if (length == 0)
    return {1, 0, false, false};
  uint32_t codePoint = lead & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if (i == text.size())
      return {i, 0, false, true};
    // The second byte's range rules out long forms, surrogates and what lies past U+10FFFF.
    uint8_t least = i > 1 ? 0x80 : lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    uint8_t most = i > 1 ? 0xBF : lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (byte(i) < least || byte(i) > most)
      return {i, 0, false, false};
    codePoint = codePoint << 6 | (byte(i) & 0x3Fu);
  }
  return {length, codePoint, true, false};
}

size_t firstInvalidUtf8(std::string_view text) {
  for (size_t i = 0;;) {
    i += asciiPrefix(text.substr(i));
    if (i == text.size())
      return std::string_view::npos;
    Utf8Step step = utf8Step(text.substr(i));
    if (!step.valid)
      return i;
    i += step.bytes;
  }
}

std::string mendUtf8(std::string_view text) {
  std::string mended;
  while (!text.empty()) {
    size_t good = std::min(firstInvalidUtf8(text), text.size());
    mended += text.substr(0, good);
    text.remove_prefix(good);
    if (!text.empty()) {
      mended += "\xEF\xBF\xBD";
      text.remove_prefix(utf8Step(text).bytes);
    }
  }
  return mended;
}

std::string utf8Of(uint32_t c) {
  auto tail = [&](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80)
    return {static_cast<char>(c)};
  if (c < 0x800)
    return {static_cast<char>(0xC0 | c >> 6), tail(0)};
  if (c < 0x10000)
    return {static_cast<char>(0xE0 | c >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | c >> 18), tail(12), tail(6), tail(0)};
}

size_t countCodePoints(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

bool isWhiteSpace(uint32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

size_t whiteSpaceInFront(std::string_view text) {
  size_t bytes = 0;
  while (bytes < text.size()) {
    Utf8Step step = utf8Step(text.substr(bytes));
    if (!isWhiteSpace(step.codePoint))
      break;
    bytes += step.bytes;
  }
  return bytes;
}

size_t whiteSpaceBehind(std::string_view text) {
  size_t begin = text.size();
  while (begin > 0) {
    size_t start = begin - 1;
    while (start > 0 && (static_cast<uint8_t>(text[start]) & 0xC0) == 0x80)
      --start;
    if (!isWhiteSpace(utf8Step(text.substr(start)).codePoint))
      break;
    begin = start;
  }
  return text.size() - begin;
}

} // namespace mase
