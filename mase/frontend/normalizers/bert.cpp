// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/characters.h"
#include "mase/frontend/normalizers/kinds.h"
#include "mase/frontend/unicode_form.h"
#include "mase/frontend/utf8.h"

namespace mase {
namespace {

std::string withoutAccents(const std::string &text) {
  const std::string decomposed = inForm(UnicodeForm::Nfd, text);
  std::string result;
  forEachCodePoint(decomposed, [&](uint32_t c, std::string_view bytes) {
    if (!isAccent(c))
      result += bytes;
  });
  return result;
}

/// Source  Devlin et al., BERT, 2019 (its tokenizer)
class Bert final : public Normalizer {
public:
  explicit Bert(const JsonObject &step)
      : cleans_(step.flag("clean_text")), separatesIdeographs_(step.flag("handle_chinese_chars")),
        lowers_(step.flag("lowercase")), stripsAccents_(step.flagOr("strip_accents", lowers_)) {
    step.allowOnly({"type", "clean_text", "handle_chinese_chars", "lowercase", "strip_accents"});
  }
  void apply(std::string &text) const override {
    std::string result;
    result.reserve(text.size());
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
    text = lowers_ ? lowerCase(result) : result;
  }

private:
  bool cleans_, separatesIdeographs_, lowers_, stripsAccents_;
};

} // namespace

std::unique_ptr<Normalizer> readBertNormalizer(const JsonObject &step) { return std::make_unique<Bert>(step); }

} // namespace mase
