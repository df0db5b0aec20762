// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/characters.h"
#include "mase/frontend/pre_tokenizers/kinds.h"
#include "mase/frontend/utf8.h"

namespace mase {
namespace {

class Bert final : public PreTokenizer {
public:
  void cut(TextPiece piece, Regex::Scratch &, const Sink &onPiece) const override {
    size_t begin = 0, at = 0;
    const auto pass = [&](size_t from, size_t to) {
      if (from < to)
        onPiece({piece.text.substr(from, to - from), piece.opensText && from == 0});
    };
    forEachCodePoint(piece.text, [&](uint32_t c, std::string_view bytes) {
      const size_t end = at + bytes.size();
      const bool isSpace = isWhiteSpace(c);
      if (isSpace || isPunctuation(c)) {
        pass(begin, at);
        if (!isSpace)
          pass(at, end);
        begin = end;
      }
      at = end;
    });
    pass(begin, at);
  }
};

} // namespace

std::unique_ptr<PreTokenizer> readBertPreTokenizer(const JsonObject &step) {
  step.allowOnly({"type"});
  return std::make_unique<Bert>();
}

} // namespace mase
