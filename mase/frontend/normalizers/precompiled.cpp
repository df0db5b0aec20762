// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/base64.h"
#include "mase/frontend/normalizers/double_array.h"
#include "mase/frontend/normalizers/kinds.h"
#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <bit>
#include <cassert>
#include <cstring>
#include <unicode/brkiter.h>

namespace mase {
namespace {

constexpr size_t longestGrapheme = 5; // bytes of one that is looked up as a whole, as Hugging Face has it

/// SentencePiece's replacements: a length, a trie of that many bytes, and the texts, each ended by a zero, at which the
/// trie's values point. Graphemes are looked up as a whole if they are short, then each of their characters; a look-up
/// takes the shortest key that fits.
class Precompiled final : public Normalizer {
public:
  Precompiled(std::string_view file, const std::string &table) : trie_({}) {
    uint32_t size = 0;
    static_assert(std::endian::native == std::endian::little);
    if (table.size() >= sizeof size)
      std::memcpy(&size, table.data(), sizeof size);
    if (size == 0 || size % 4 != 0 || size > table.size() - sizeof size)
      fail("{}: the table of Precompiled has {} bytes and a trie of {} (4 bytes of length, the trie, the texts)", file,
           table.size(), size);
    std::vector<uint32_t> units(size / 4);
    std::memcpy(units.data(), table.data() + sizeof size, size);
    trie_ = DoubleArray(std::move(units));
    texts_ = table.substr(sizeof size + size);
    if (const size_t at = firstInvalidUtf8(texts_); at != std::string::npos)
      fail("{}: the texts of Precompiled are not UTF-8 at byte {}", file, at);
    for (size_t c = 0; c < std::size(ascii_); ++c) {
      const char byte = static_cast<char>(c);
      ascii_[c] = !replacement({&byte, 1}).has_value();
    }
  }

  void apply(std::string &text) const override {
    UErrorCode status = U_ZERO_ERROR;
    std::string result;
    result.reserve(text.size());
    icu::UnicodeString wide;
    std::unique_ptr<icu::BreakIterator> graphemes;
    for (size_t at = 0; at < text.size();) {
      // Printable ASCII in front of ASCII is a grapheme of its own, and most text.
      const size_t plain = plainRun(std::string_view(text).substr(at));
      result.append(text, at, plain);
      at += plain;
      if (at == text.size())
        break;
      // Up to the next such run, by ICU.
      size_t end = at + 1;
      while (end < text.size() && !(isPlain(text[end]) && isPlain(text[end - 1])))
        ++end;
      const std::string_view part = std::string_view(text).substr(at, end - at);
      wide = icu::UnicodeString::fromUTF8(icu::StringPiece(part.data(), static_cast<int32_t>(part.size())));
      if (!graphemes)
        graphemes.reset(icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
      assert(U_SUCCESS(status));
      graphemes->setText(wide);
      std::string grapheme;
      for (int32_t from = graphemes->first(), to = graphemes->next(); to != icu::BreakIterator::DONE;
           from = to, to = graphemes->next()) {
        grapheme.clear();
        wide.tempSubStringBetween(from, to).toUTF8String(grapheme);
        append(grapheme, result);
      }
      at = end;
    }
    text = std::move(result);
  }

private:
  bool isPlain(char c) const { return c >= ' ' && c <= '~' && ascii_[static_cast<unsigned char>(c)]; }
  /// The bytes in front that are plain and stand in front of ASCII (a mark behind would join the last).
  size_t plainRun(std::string_view text) const {
    size_t bytes = 0;
    while (bytes < text.size() && isPlain(text[bytes]))
      ++bytes;
    return bytes > 0 && bytes < text.size() && static_cast<unsigned char>(text[bytes]) >= 0x80 ? bytes - 1 : bytes;
  }
  std::optional<std::string_view> replacement(std::string_view key) const {
    const std::optional<uint32_t> at = trie_.shortestPrefix(key);
    if (!at || *at >= texts_.size())
      return std::nullopt;
    const std::string_view rest = std::string_view(texts_).substr(*at);
    return rest.substr(0, rest.find('\0'));
  }
  void append(std::string_view grapheme, std::string &result) const {
    if (grapheme.size() <= longestGrapheme)
      if (const auto whole = replacement(grapheme)) {
        result += *whole;
        return;
      }
    forEachCodePoint(
        grapheme, [&](uint32_t, std::string_view character) { result += replacement(character).value_or(character); });
  }

  DoubleArray trie_;
  std::string texts_;
  bool ascii_[128] = {}; // characters that stay
};

} // namespace

std::unique_ptr<Normalizer> readPrecompiled(const JsonObject &step) {
  step.allowOnly({"type", "precompiled_charsmap"});
  const std::string coded = step.text("precompiled_charsmap");
  const std::optional<std::string> table = fromBase64(coded);
  if (!table)
    fail("{}: {} is not base 64", step.file(), step.nameOf("precompiled_charsmap"));
  return std::make_unique<Precompiled>(step.file(), *table);
}

} // namespace mase
