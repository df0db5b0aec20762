// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/byte_level.h"

#include "mase/frontend/pre_tokenizers/kinds.h"

namespace mase {
namespace {

/// GPT-2's words: contractions, letters, numbers or others with a space in front, runs of white space.
constexpr std::string_view gpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

class ByteLevel final : public PreTokenizer {
public:
  explicit ByteLevel(const JsonObject &step) : addsSpace_(step.flagOr("add_prefix_space", true)) {
    step.allowOnly({"type", "add_prefix_space", "trim_offsets", "use_regex"});
    if (step.flagOr("use_regex", true))
      words_.emplace(step.file(), gpt2Pattern);
  }
  void cut(TextPiece piece, Regex::Scratch &scratch, const Sink &onPiece) const override {
    std::string spaced, spelt;
    std::string_view text = piece.text;
    if (addsSpace_ && text.front() != ' ')
      text = spaced = " " + std::string(text);
    const auto pass = [&](size_t begin, size_t end) {
      spelt.clear();
      appendByteLevel(text.substr(begin, end - begin), spelt);
      onPiece({spelt, piece.opensText && begin == 0});
    };
    if (!words_)
      return pass(0, text.size());
    size_t reached = 0;
    words_->forEachMatch(text, scratch, [&](size_t begin, size_t end) {
      if (reached < begin)
        pass(reached, begin);
      pass(begin, end);
      reached = end;
    });
    if (reached < text.size())
      pass(reached, text.size());
  }

private:
  bool addsSpace_;
  std::optional<Regex> words_;
};

} // namespace

std::unique_ptr<PreTokenizer> readByteLevelPreTokenizer(const JsonObject &step) {
  return std::make_unique<ByteLevel>(step);
}

} // namespace mase
