// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/characters.h"

#include "mase/frontend/pre_tokenizers/kinds.h"
#include "mase/frontend/pre_tokenizers/splitter.h"
#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

namespace mase {
namespace {

/// Cuts at characters of a class, each a match.
class AtCharacters final : public PreTokenizer {
public:
  AtCharacters(std::function<bool(uint32_t)> isMatch, SplitBehavior behavior)
      : isMatch_(std::move(isMatch)), behavior_(behavior) {}
  void cut(TextPiece piece, Regex::Scratch &, const Sink &onPiece) const override {
    Splitter splitter(piece, behavior_, onPiece);
    size_t at = 0;
    forEachCodePoint(piece.text, [&](uint32_t c, std::string_view bytes) {
      if (isMatch_(c))
        splitter.match(at, at + bytes.size());
      at += bytes.size();
    });
    splitter.finish();
  }

private:
  std::function<bool(uint32_t)> isMatch_;
  SplitBehavior behavior_;
};

} // namespace

std::unique_ptr<PreTokenizer> readDigits(const JsonObject &step) {
  step.allowOnly({"type", "individual_digits"});
  return std::make_unique<AtCharacters>(isNumber, step.flagOr("individual_digits", false) ? SplitBehavior::Isolated
                                                                                          : SplitBehavior::Contiguous);
}

std::unique_ptr<PreTokenizer> readPunctuation(const JsonObject &step) {
  step.allowOnly({"type", "behavior"});
  return std::make_unique<AtCharacters>(isPunctuation,
                                        step.find("behavior") ? readSplitBehavior(step) : SplitBehavior::Isolated);
}

std::unique_ptr<PreTokenizer> readWhitespaceSplit(const JsonObject &step) {
  step.allowOnly({"type"});
  return std::make_unique<AtCharacters>(isWhiteSpace, SplitBehavior::Removed);
}

std::unique_ptr<PreTokenizer> readCharDelimiterSplit(const JsonObject &step) {
  step.allowOnly({"type", "delimiter"});
  const std::string delimiter = step.text("delimiter");
  if (countCodePoints(delimiter) != 1)
    fail("{}: {} {} is not one character", step.file(), step.nameOf("delimiter"), inQuotes(delimiter));
  return std::make_unique<AtCharacters>([c = utf8Step(delimiter).codePoint](uint32_t other) { return c == other; },
                                        SplitBehavior::Removed);
}

} // namespace mase
