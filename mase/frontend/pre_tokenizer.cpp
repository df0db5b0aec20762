// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/pre_tokenizer.h"

#include "mase/support/error.h"

namespace mase {
namespace {

/// GPT-2's words: contractions, letters, numbers or others with a space in front, runs of white space.
constexpr std::string_view gpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

std::string escapePattern(const std::string &text) {
  std::string escaped;
  for (char c : text) {
    if (std::string_view(R"(\^$.[]|()?*+{}-#)").find(c) != std::string_view::npos)
      escaped += '\\';
    escaped += c;
  }
  return escaped;
}

} // namespace

PreTokenizer::PreTokenizer(const JsonObject &tokenizer) {
  JsonObject top = tokenizer.object("pre_tokenizer");
  if (top.text("type") != "Sequence")
    readStep(top);
  else
    for (const Json &step : top.array("pretokenizers"))
      readStep(JsonObject(top.file(), step, top.nameOf("pretokenizers[].")));
  if (!hasByteLevel_)
    fail("{}: the pre-tokenizer has no ByteLevel: only byte-level BPE is read", top.file());
}

void PreTokenizer::readStep(const JsonObject &step) {
  std::string type = step.text("type");
  if (hasByteLevel_)
    fail("{}: pre-tokenizer {} behind ByteLevel is not read", step.file(), inQuotes(type));
  if (type == "ByteLevel")
    readByteLevel(step);
  else if (type == "Split")
    readSplit(step);
  else if (type == "Digits")
    splits_.push_back(
        {Regex(step.file(), step.flagOr("individual_digits", false) ? R"(\p{N})" : R"(\p{N}+)"), Keep::All});
  else
    fail("{}: pre-tokenizer {} is not read (read: ByteLevel, Split, Digits, Sequence)", step.file(), inQuotes(type));
}

void PreTokenizer::readByteLevel(const JsonObject &step) {
  hasByteLevel_ = true;
  addPrefixSpace_ = step.flagOr("add_prefix_space", true);
  spaceBefore_ = splits_.size();
  if (step.flagOr("use_regex", true))
    splits_.push_back({Regex(step.file(), gpt2Pattern), Keep::All});
}

void PreTokenizer::readSplit(const JsonObject &step) {
  JsonObject pattern = step.object("pattern");
  std::string text = pattern.find("String") ? escapePattern(pattern.text("String")) : pattern.text("Regex");
  std::string behavior = step.text("behavior");
  bool invert = step.flagOr("invert", false);
  if (behavior != "Isolated" && behavior != "Removed")
    fail("{}: {} {} is not read (read: Isolated, Removed)", step.file(), step.nameOf("behavior"), inQuotes(behavior));
  Keep keep = behavior == "Isolated" ? Keep::All : invert ? Keep::Matches : Keep::Gaps;
  splits_.push_back({Regex(step.file(), text), keep});
}

void PreTokenizer::cut(std::string_view text, size_t step, Regex::Scratch &scratch,
                       const std::function<void(std::string_view)> &onWord) const {
  if (step == spaceBefore_ && addPrefixSpace_ && text.front() != ' ') {
    std::string spaced = " " + std::string(text);
    return step == splits_.size() ? onWord(spaced) : cut(spaced, step, scratch, onWord);
  }
  if (step == splits_.size())
    return onWord(text);
  const auto &regex = splits_[step].regex;
  const Keep keep = splits_[step].keep;
  auto pass = [&](size_t begin, size_t end, bool isKept) {
    if (begin < end && isKept)
      cut(text.substr(begin, end - begin), step + 1, scratch, onWord);
  };
  size_t reached = 0;
  regex.forEachMatch(text, scratch, [&](size_t begin, size_t end) {
    pass(reached, begin, keep != Keep::Matches);
    pass(begin, end, keep != Keep::Gaps);
    reached = end;
  });
  pass(reached, text.size(), keep != Keep::Matches);
}

void PreTokenizer::forEachWord(std::string_view text, Regex::Scratch &scratch,
                               const std::function<void(std::string_view)> &onWord) const {
  cut(text, 0, scratch, onWord);
}

} // namespace mase
