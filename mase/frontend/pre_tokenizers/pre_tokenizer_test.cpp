// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/pre_tokenizers/pre_tokenizer.h"

#include "mase/frontend/byte_level.h"
#include "mase/frontend/refusals.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> wordsOf(const char *preTokenizer, std::string_view text) {
  Json json = {{"pre_tokenizer", Json::parse(preTokenizer)}};
  PreTokenizers reader(JsonObject("t.json", json));
  Regex::Scratch scratch;
  std::vector<std::string> words;
  reader.forEachWord({text, true}, scratch, [&](std::string_view word) { words.emplace_back(byteLevelBytes(word)); });
  return words;
}

std::string refusal(const char *preTokenizer) {
  return refusalOf([&] { wordsOf(preTokenizer, "a"); });
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

TEST(PreTokenizer, Behaviours) {
  const auto split = [](const char *behavior, const char *text, bool invert = false) {
    return wordsOf(fmt::format(R"({{"type": "Split", "pattern": {{"String": "-"}}, "behavior": "{}", "invert": {}}})",
                               behavior, invert)
                       .c_str(),
                   text);
  };
  const char *text = "-a--b-";
  EXPECT_THAT(split("Removed", text), ElementsAre("a", "b"));
  EXPECT_THAT(split("Isolated", text), ElementsAre("-", "a", "-", "-", "b", "-"));
  EXPECT_THAT(split("MergedWithPrevious", text), ElementsAre("-", "a-", "-", "b-"));
  EXPECT_THAT(split("MergedWithNext", text), ElementsAre("-a", "-", "-b", "-"));
  EXPECT_THAT(split("Contiguous", text), ElementsAre("-", "a", "--", "b", "-"));
  EXPECT_THAT(split("Removed", text, true), ElementsAre("-", "-", "-", "-"));
  EXPECT_THAT(split("Isolated", text, true), ElementsAre("-", "a", "-", "-", "b", "-"));
}

TEST(PreTokenizer, CharactersThatPart) {
  EXPECT_THAT(wordsOf(R"({"type": "Whitespace"})", "it's x_1  --- \u4e2d"),
              ElementsAre("it", "'", "s", "x_1", "---", "\u4e2d"));
  EXPECT_THAT(wordsOf(R"({"type": "WhitespaceSplit"})", " a-b\u2003c\n"), ElementsAre("a-b", "c"));
  EXPECT_THAT(wordsOf(R"({"type": "Punctuation"})", "a, b.."), ElementsAre("a", ",", " b", ".", "."));
  EXPECT_THAT(wordsOf(R"({"type": "Digits", "individual_digits": false})", "a12b3"), ElementsAre("a", "12", "b", "3"));
  EXPECT_THAT(wordsOf(R"({"type": "CharDelimiterSplit", "delimiter": "_"})", "_a__b"), ElementsAre("a", "b"));
  EXPECT_THAT(wordsOf(R"({"type": "BertPreTokenizer"})", " a, b"), ElementsAre("a", ",", "b"));
}

TEST(PreTokenizer, MetaspaceKnowsTheTextsFront) {
  const char *first = R"({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"String": "-"},
    "behavior": "Removed"}, {"type": "Metaspace", "replacement": "_", "prepend_scheme": "first"}]})";
  EXPECT_THAT(wordsOf(first, "a b-c"), ElementsAre("_a", "_b", "c"));
  EXPECT_THAT(wordsOf(first, "-c"), ElementsAre("c"));
  EXPECT_THAT(wordsOf(R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "always"})", " a  b"),
              ElementsAre("_a", "_", "_b"));
  EXPECT_THAT(wordsOf(R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "never", "split": false})", "a b"),
              ElementsAre("a_b"));
}

TEST(PreTokenizer, Refusals) {
  EXPECT_THAT(refusal(R"({"type": "UnicodeScripts"})"),
              HasSubstr("t.json: pre-tokenizer \"UnicodeScripts\" is not read (read: BertPreTokenizer, ByteLevel, "));
  EXPECT_THAT(refusal(R"({"type": "Digits", "per_group": 3})"),
              HasSubstr("pre_tokenizer.per_group is not a known member (known: type, individual_digits)"));
  EXPECT_THAT(refusal(R"({"type": "Punctuation", "behavior": "Merged"})"),
              HasSubstr("behavior \"Merged\" is not read (read: Removed, Isolated, MergedWithPrevious"));
  EXPECT_THAT(refusal(R"({"type": "CharDelimiterSplit", "delimiter": "ab"})"),
              HasSubstr("pre_tokenizer.delimiter \"ab\" is not one character"));
  EXPECT_THAT(refusal(R"({"type": "Metaspace", "replacement": ""})"),
              HasSubstr("pre_tokenizer.replacement \"\" is not one character"));
  EXPECT_THAT(refusal(R"({"type": "Metaspace", "replacement": "_", "prepend_scheme": "last"})"),
              HasSubstr("prepend_scheme \"last\" is not read (read: always, first, never)"));
  EXPECT_THAT(refusal(R"({"type": "Metaspace", "replacement": "_", "add_prefix_space": false})"),
              HasSubstr("pre_tokenizer.add_prefix_space is false, but prepend_scheme is always (never)"));
  EXPECT_THAT(refusal(R"({"type": "Split", "pattern": {"String": ""}, "behavior": "Removed"})"),
              HasSubstr("pre_tokenizer.pattern looks for an empty text (at least one character)"));
}

} // namespace
} // namespace mase
