// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/bert_words.h"

#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cassert>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

namespace mase {
namespace {

bool isAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Whether the code point was assigned in Unicode 8 already.
bool isOld(uint32_t c) {
  UVersionInfo age;
  u_charAge(static_cast<UChar32>(c), age);
  return age[0] >= 1 && age[0] <= 8;
}
bool isIn(uint32_t c, uint32_t categories) { return (U_GET_GC_MASK(static_cast<UChar32>(c)) & categories) != 0; }

bool isControl(uint32_t c) {
  return c != '\t' && c != '\n' && c != '\r' && isIn(c, U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK) && isOld(c);
}
bool isPunctuation(uint32_t c) {
  if (c < 0x80)
    return c > ' ' && c < 0x7F && !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
  return (isIn(c, U_GC_P_MASK) && isOld(c)) || c == 0x166D || c == 0x111C9; // no longer since Unicode 12 and 11
}
bool isAccent(uint32_t c) {
  const bool since = c == 0x1885 || c == 0x1886 || c == 0xA9BD || c == 0x111C9; // Unicode 9 and 11
  return (isIn(c, U_GC_MN_MASK) && isOld(c) && !since) || c == 0x1734;
}
bool isIdeograph(uint32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

template <typename Visit>
void forEachCodePoint(std::string_view text, const Visit &visit) {
  for (size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8Step(text.substr(at));
    visit(step.codePoint, text.substr(at, step.bytes));
    at += step.bytes;
  }
}

std::string withoutAccents(const std::string &text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2 *decomposition = icu::Normalizer2::getNFDInstance(status);
  assert(U_SUCCESS(status));
  std::string decomposed, result;
  decomposition->normalize(icu::UnicodeString::fromUTF8(text), status).toUTF8String(decomposed);
  assert(U_SUCCESS(status));
  forEachCodePoint(decomposed, [&](uint32_t c, std::string_view bytes) {
    if (!isAccent(c))
      result += bytes;
  });
  return result;
}

std::string lowerCase(const std::string &text) {
  std::string result;
  forEachCodePoint(text, [&](uint32_t c, std::string_view) {
    result += c == 0x130 ? "i\u0307" : utf8Of(static_cast<uint32_t>(u_tolower(static_cast<UChar32>(c))));
  });
  return result;
}

} // namespace

BertWords::BertWords(const JsonObject &tokenizer) {
  const JsonObject normalizer = tokenizer.object("normalizer"), cutter = tokenizer.object("pre_tokenizer");
  if (normalizer.text("type") != "BertNormalizer")
    fail("{}: normalizer {} in front of WordPiece is not read (read: BertNormalizer)", tokenizer.file(),
         inQuotes(normalizer.text("type")));
  if (cutter.text("type") != "BertPreTokenizer")
    fail("{}: pre-tokenizer {} in front of WordPiece is not read (read: BertPreTokenizer)", tokenizer.file(),
         inQuotes(cutter.text("type")));
  cleans_ = normalizer.flag("clean_text");
  separatesIdeographs_ = normalizer.flag("handle_chinese_chars");
  lowers_ = normalizer.flag("lowercase");
  stripsAccents_ = normalizer.flagOr("strip_accents", lowers_);
}

std::string BertWords::normalized(std::string_view text) const {
  std::string result;
  forEachCodePoint(text, [&](uint32_t c, std::string_view bytes) {
    if (cleans_ && (c == 0 || c == 0xFFFD || isControl(c)))
      return;
    if (cleans_ && isWhiteSpace(c))
      result += ' ';
    else if (separatesIdeographs_ && isIdeograph(c))
      result.append(" ").append(bytes).append(" ");
    else
      result += bytes;
  });
  if (stripsAccents_ && !isAscii(result))
    result = withoutAccents(result);
  if (lowers_)
    result = lowerCase(result);
  return result;
}

void BertWords::forEachWord(std::string_view text, const std::function<void(std::string_view)> &onWord) const {
  const std::string words = normalized(text);
  std::string word;
  const auto end = [&] {
    if (!word.empty())
      onWord(word);
    word.clear();
  };
  forEachCodePoint(words, [&](uint32_t c, std::string_view bytes) {
    if (isWhiteSpace(c))
      return end();
    if (isPunctuation(c)) {
      end();
      return onWord(bytes);
    }
    word += bytes;
  });
  end();
}

} // namespace mase
