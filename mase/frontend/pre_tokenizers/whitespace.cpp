// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/characters.h"
#include "mase/frontend/pre_tokenizers/kinds.h"
#include "mase/frontend/utf8.h"

namespace mase {
namespace {

/// The matches of \w+|[^\w\s]+.
class Whitespace final : public PreTokenizer {
public:
  void cut(TextPiece piece, Regex::Scratch &, const Sink &onPiece) const override {
    enum class Class { Space, Word, Other };
    Class last = Class::Space;
    size_t begin = 0, at = 0;
    const auto end = [&] {
      if (last != Class::Space && begin < at)
        onPiece({piece.text.substr(begin, at - begin), piece.opensText && begin == 0});
      begin = at;
    };
    forEachCodePoint(piece.text, [&](uint32_t c, std::string_view bytes) {
      const Class here = isWordCharacter(c) ? Class::Word : isWhiteSpace(c) ? Class::Space : Class::Other;
      if (here != last)
        end();
      last = here;
      at += bytes.size();
    });
    end();
  }
};

} // namespace

std::unique_ptr<PreTokenizer> readWhitespace(const JsonObject &step) {
  step.allowOnly({"type"});
  return std::make_unique<Whitespace>();
}

} // namespace mase
