// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/pre_tokenizer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;

std::vector<std::string> wordsOf(const char *preTokenizer, std::string_view text) {
  Json json = {{"pre_tokenizer", Json::parse(preTokenizer)}};
  PreTokenizer reader(JsonObject("t.json", json));
  Regex::Scratch scratch;
  std::vector<std::string> words;
  reader.forEachWord(text, scratch, [&](std::string_view word) { words.emplace_back(word); });
  return words;
}

TEST(PreTokenizer, Gpt2Words) {
  const char *byteLevel = R"({"type": "ByteLevel", "add_prefix_space": false})";
  EXPECT_THAT(wordsOf(byteLevel, "It's 42  na\u00efve!?\n\n x"),
              ElementsAre("It", "'s", " 42", " ", " na\u00efve", "!?", "\n\n", " x"));
  // U+180E is no white space: it goes with the other characters that are neither letters nor digits.
  EXPECT_THAT(wordsOf(byteLevel, "a \u180e. \u2003b"), ElementsAre("a", " \u180e.", " ", "\u2003", "b"));
}

TEST(PreTokenizer, ThePrefixSpaceComesOncePerPiece) {
  EXPECT_THAT(wordsOf(R"({"type": "ByteLevel"})", "ab c"), ElementsAre(" ab", " c"));
  EXPECT_THAT(wordsOf(R"({"type": "ByteLevel"})", " ab"), ElementsAre(" ab"));
  EXPECT_THAT(wordsOf(R"({"type": "Sequence", "pretokenizers": [{"type": "Digits"}, {"type": "ByteLevel"}]})", "ab12c"),
              ElementsAre(" ab", " 12", " c"));
}

TEST(PreTokenizer, Splits) {
  auto split = [](const char *rest, const char *text) {
    return wordsOf(fmt::format(R"({{"type": "Sequence", "pretokenizers": [{{"type": "Split", {}}},
      {{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}}]}})",
                               rest)
                       .c_str(),
                   text);
  };
  EXPECT_THAT(split(R"("pattern": {"String": "."}, "behavior": "Isolated")", "a.b.."),
              ElementsAre("a", ".", "b", ".", "."));
  EXPECT_THAT(split(R"("pattern": {"String": "."}, "behavior": "Removed")", "a.b.."), ElementsAre("a", "b"));
  EXPECT_THAT(split(R"("pattern": {"Regex": "[^.]+"}, "behavior": "Removed", "invert": true)", "a.bc."),
              ElementsAre("a", "bc"));
}

} // namespace
} // namespace mase
