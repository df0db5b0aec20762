// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/metaspace.h"

#include "mase/frontend/pre_tokenizers/kinds.h"
#include "mase/frontend/pre_tokenizers/splitter.h"

namespace mase {
namespace {

class MetaspaceWords final : public PreTokenizer {
public:
  explicit MetaspaceWords(const JsonObject &step) : options_(readMetaspace(step)) {}
  void cut(TextPiece piece, Regex::Scratch &, const Sink &onPiece) const override {
    const std::string &mark = options_.replacement;
    std::string spelt;
    spelt.reserve(piece.text.size() + piece.text.size() / 2);
    for (char c : piece.text)
      c == ' ' ? spelt += mark : spelt += c;
    if (!spelt.starts_with(mark) && (options_.prepends == Metaspace::Prepends::Always ||
                                     (options_.prepends == Metaspace::Prepends::First && piece.opensText)))
      spelt.insert(0, mark);
    const TextPiece whole{spelt, piece.opensText};
    if (!options_.splits)
      return onPiece(whole);
    Splitter splitter(whole, SplitBehavior::MergedWithNext, onPiece);
    for (size_t at = 0; (at = spelt.find(mark, at)) != std::string::npos; at += mark.size())
      splitter.match(at, at + mark.size());
    splitter.finish();
  }

private:
  Metaspace options_;
};

} // namespace

std::unique_ptr<PreTokenizer> readMetaspacePreTokenizer(const JsonObject &step) {
  return std::make_unique<MetaspaceWords>(step);
}

} // namespace mase
