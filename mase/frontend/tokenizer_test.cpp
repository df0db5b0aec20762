// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tokenizer.h"

#include "mase/frontend/byte_level.h"
#include "mase/frontend/json.h"
#include "mase/frontend/refusals.h"
#include "mase/support/mapped_file.h"

#include <gmock/gmock.h>
#include <set>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path model = std::filesystem::path(MASE_SOURCE_DIR) / "models/llama-stories-1m";

Json story() { return Json::parse(readTextFile(model / "tokenizer.json")); }
Tokenizer parse(const Json &json) { return Tokenizer::parse("t.json", json.dump()); }

/// What is said when the value at `pointer` of the story model's tokenizer.json is replaced.
std::string refusal(const char *pointer, const char *value) {
  Json json = story();
  json[Json::json_pointer(pointer)] = Json::parse(value);
  return refusalOf([&] { parse(json); });
}

TEST(Tokenizer, KnowsItsTokens) {
  Tokenizer tokenizer = Tokenizer::read(model / "tokenizer.json");
  EXPECT_EQ(tokenizer.vocabularySize(), 1024);
  EXPECT_EQ(tokenizer.idOf("<s>"), 1);
  EXPECT_EQ(tokenizer.idOf("no such token"), std::nullopt);
  EXPECT_TRUE(tokenizer.isSpecial(1));
  EXPECT_FALSE(tokenizer.isSpecial(300));
  EXPECT_FALSE(tokenizer.isSpecial(-1));
  EXPECT_EQ(tokenizer.bytesOf(*tokenizer.idOf("\u0120the")), " the");
  EXPECT_THAT(tokenizer.prefix(), ElementsAre(1));
  EXPECT_THAT(tokenizer.suffix(), ElementsAre());
  EXPECT_EQ(tokenizer.decode(std::vector{1, 2}), "");
  EXPECT_EQ(tokenizer.decode(std::vector{1, 2}, SpecialTokens::Keep), "<s></s>");
  EXPECT_EQ(refusalOf([&] { (void)tokenizer.bytesOf(1024); }),
            (model / "tokenizer.json").string() + ": 1024 is the id of no token (0 to 1023)");
  EXPECT_THAT(refusalOf([&] { (void)tokenizer.decode(std::vector{-1}); }), HasSubstr("-1 is the id of no token"));
  EXPECT_EQ(refusalOf([&] { (void)tokenizer.encode("abc\xc3"); }), "the text is not UTF-8 at byte 3");
}

TEST(Tokenizer, MergesAsStringsAreTheSame) {
  Json json = story();
  for (Json &merge : json["model"]["merges"])
    merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
  std::string text = readTextFile(model / "eval.txt").substr(0, 20'000);
  EXPECT_EQ(parse(json).encode(text), Tokenizer::read(model).encode(text));
}

/// BPE by its definition: over and over, the pair of least rank, the leftmost of equals.
std::vector<int32_t> slowBpe(const Json &json, const std::string &word) {
  std::vector<std::string> symbols;
  for (char byte : word)
    symbols.push_back(byteLevelSpelling(static_cast<uint8_t>(byte)));
  for (const Json &merge : json["model"]["merges"]) // in order of rank; a merge never makes an earlier one possible
    for (size_t i = 0; i + 1 < symbols.size(); ++i)
      if (symbols[i] == merge[0] && symbols[i + 1] == merge[1]) {
        symbols[i] += symbols[i + 1];
        symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      }
  std::vector<int32_t> ids;
  for (const std::string &symbol : symbols)
    ids.push_back(json["model"]["vocab"][symbol].get<int32_t>());
  return ids;
}

TEST(Tokenizer, LongWordsMergeByTheDefinition) {
  Json json = story();
  Tokenizer tokenizer = parse(json);
  uint32_t state = 1;
  for (int length : {1, 2, 3, 5, 17, 60, 64, 65, 300}) {
    std::string word;
    for (int i = 0; i < length; ++i) {
      state = state * 1664525u + 1013904223u;
      word += "etaonhid"[state >> 29];
    }
    EXPECT_EQ(tokenizer.encode(word, SpecialTokens::Omit), slowBpe(json, word)) << word;
  }
}

TEST(Tokenizer, OfEqualPairsTheLeftmostMerges) {
  Json json = story();
  json["model"]["vocab"]["aa"] = 1024;
  json["model"]["merges"] = Json::parse(R"([["a", "a"]])");
  Tokenizer tokenizer = parse(json);
  int32_t a = *tokenizer.idOf("a");
  EXPECT_THAT(tokenizer.encode("aaa", SpecialTokens::Omit), ElementsAre(1024, a));
  EXPECT_THAT(tokenizer.encode("aaaaa", SpecialTokens::Omit), ElementsAre(1024, 1024, a));
}

TEST(ByteLevel, EveryByteHasItsCharacter) {
  std::set<std::string> spellings;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string &spelling = byteLevelSpelling(static_cast<uint8_t>(byte));
    spellings.insert(spelling);
    EXPECT_EQ(byteLevelBytes(spelling), std::string(1, static_cast<char>(byte)));
  }
  EXPECT_EQ(spellings.size(), 256u);
  EXPECT_EQ(byteLevelSpelling(' '), "\u0120");
  EXPECT_EQ(byteLevelSpelling('\n'), "\u010a");
  EXPECT_EQ(byteLevelSpelling(0xAD), "\u0143");
  EXPECT_EQ(byteLevelBytes("a b"), "a b"); // a space is outside the alphabet: the token stands for itself
}

TEST(StreamDecoder, NeverHalfACharacter) {
  Tokenizer tokenizer = Tokenizer::read(model);
  StreamDecoder stream(tokenizer);
  std::vector<std::string> pieces;
  for (int32_t id : tokenizer.encode("\u00e9"))
    pieces.push_back(stream.push(id));
  EXPECT_THAT(pieces, ElementsAre("", "", "\u00e9"));
  stream.push(tokenizer.encode("\U0001f600")[1]);
  EXPECT_EQ(stream.finish(), "\xEF\xBF\xBD");
  EXPECT_EQ(stream.finish(), "");
}

TEST(TokenizerRefusals, Parts) {
  EXPECT_THAT(refusal("/extra", "1"), HasSubstr("\"extra\" is not a known part of a tokenizer"));
  EXPECT_THAT(refusal("/version", "\"2.0\""), HasSubstr("version \"2.0\" is not read (read: 1.0)"));
  EXPECT_THAT(refusal("/truncation", "{}"), HasSubstr("truncation is set, which would change the ids (null)"));
  EXPECT_THAT(refusal("/padding", "{}"), HasSubstr("padding is set"));
  EXPECT_EQ(refusal("/normalizer", R"({"type": "NFC"})"), "accepted");
  EXPECT_THAT(refusal("/normalizer", R"({"type": "Rot13"})"),
              HasSubstr("normalizer \"Rot13\" is not read (read: BertNormalizer, ByteLevel, Lowercase, NFC, "));
  EXPECT_THAT(refusal("/normalizer", R"({"type": "Precompiled", "precompiled_charsmap": "?"})"),
              HasSubstr("normalizer.precompiled_charsmap is not base 64"));
  EXPECT_THAT(
      refusal("/normalizer", R"({"type": "Precompiled", "precompiled_charsmap": "AAAA"})"),
      HasSubstr("the table of Precompiled has 3 bytes and a trie of 0 (4 bytes of length, the trie, the texts)"));
  EXPECT_THAT(refusal("/normalizer", R"({"type": "Precompiled", "precompiled_charsmap": "BAAAAAAAAAD/"})"),
              HasSubstr("the texts of Precompiled are not UTF-8 at byte 0"));
  EXPECT_THAT(refusal("/decoder", R"({"type": "CTC"})"),
              HasSubstr("decoder \"CTC\" is not read (read: ByteFallback, ByteLevel, Fuse, "));
  EXPECT_THAT(refusal("/decoder", R"({"type": "Strip", "content": "ab", "start": 1, "stop": 0})"),
              HasSubstr("decoder.content \"ab\" is not a single character"));
  EXPECT_EQ(refusal("/decoder", "null"), "accepted");
}

TEST(TokenizerRefusals, PreTokenizers) {
  auto with = [](const char *value) { return refusal("/pre_tokenizer", value); };
  EXPECT_EQ(with("null"), "accepted");
  auto split = [&](const char *pattern) {
    return with(fmt::format(R"({{"type": "Sequence", "pretokenizers": [{{"type": "Split", "pattern": {{"Regex": {}}},
      "behavior": "Isolated"}}, {{"type": "ByteLevel"}}]}})",
                            Json(pattern).dump())
                    .c_str());
  };
  EXPECT_EQ(split(R"(\s+)"), "accepted");
  EXPECT_THAT(split("("), HasSubstr("the pattern \"(\" is not valid: missing closing parenthesis"));
  EXPECT_THAT(split("x*"), HasSubstr("the pattern \"x*\" can match nothing, so it says not where to split"));
  EXPECT_THAT(split(R"([\S])"), HasSubstr(" has \\S inside brackets, which is not implemented"));
}

TEST(TokenizerRefusals, APatternThatBacktracksForEver) {
  Json json = story();
  json["pre_tokenizer"] = Json::parse(R"({"type": "Sequence", "pretokenizers": [
    {"type": "Split", "pattern": {"Regex": "(a+)+b"}, "behavior": "Isolated"}, {"type": "ByteLevel"}]})");
  Tokenizer tokenizer = parse(json);
  EXPECT_THAT(refusalOf([&] { (void)tokenizer.encode(std::string(60, 'a') + "c b"); }),
              HasSubstr(": the pre-tokenizer's pattern gives no answer on this text (it backtracks too much)"));
}

TEST(TokenizerRefusals, Models) {
  EXPECT_THAT(refusal("/model/type", "\"Letters\""),
              HasSubstr("tokenizer model \"Letters\" is not read (read: BPE, Unigram, WordLevel, WordPiece)"));
  EXPECT_THAT(refusal("/model/dropout", "0.1"), HasSubstr("model.dropout \"0.1\" is not read"));
  EXPECT_THAT(refusal("/model/unk_token", "\"<none>\""),
              HasSubstr("model.unk_token \"<none>\" is no token of the vocabulary"));
  EXPECT_THAT(refusal("/model/seed", "1"), HasSubstr("model.seed is not a known member"));
  EXPECT_THAT(refusal("/model/end_of_word_suffix", "\"</w>\""), HasSubstr("model.end_of_word_suffix"));
  EXPECT_THAT(refusal("/model/continuing_subword_prefix", "\"##\""), HasSubstr("model.continuing_subword_prefix"));
  EXPECT_THAT(refusal("/model/vocab/a", "-1"), HasSubstr("token \"a\" has the id \"-1\", out of range (0 to "));
  EXPECT_THAT(refusal("/model/vocab/a", "4000000000"), HasSubstr("out of range (0 to "));
  EXPECT_THAT(refusal("/model/vocab/a", "2"), HasSubstr("has the id 2 of another token"));
  EXPECT_THAT(refusal("/model/vocab/", "1024"), HasSubstr("the token 1024 is spelt with no character"));
  EXPECT_THAT(refusal("/model/merges/0", "\"a\""), HasSubstr("model.merges holds \"\\\"a\\\"\", not a pair of tokens"));
  EXPECT_THAT(refusal("/model/merges/0", "\"a b c\""), HasSubstr("not a pair of tokens"));
  EXPECT_THAT(refusal("/model/merges/0", "[\"a\", 1]"), HasSubstr("not a pair of tokens"));
  EXPECT_THAT(refusal("/model/merges/0", "[\"Q\", \"Q\"]"),
              HasSubstr("a merge needs the token \"QQ\", which is not in the vocabulary"));
  Json first = story()["model"]["merges"][0];
  EXPECT_THAT(refusal("/model/merges/1", first.dump().c_str()), HasSubstr("is listed twice"));
  EXPECT_THAT(refusal("/model/merges/1", first.dump().c_str()), HasSubstr("the merge of "));
}

TEST(TokenizerRefusals, BytesWithoutToken) {
  Json json = story();
  json["model"]["vocab"].erase("Q");
  json["model"]["merges"] = Json::array();
  Tokenizer tokenizer = parse(json);
  EXPECT_THAT(refusalOf([&] { (void)tokenizer.encode("a Q"); }),
              HasSubstr(": the vocabulary has no token for \"Q\", which is in the text"));
}

TEST(TokenizerRefusals, AddedTokens) {
  auto with = [](const char *token) { return refusal("/added_tokens/3", token); };
  EXPECT_EQ(with(R"({"id": 1024, "content": "<x>"})"), "accepted");
  EXPECT_THAT(with(R"({"id": 1024, "content": ""})"), HasSubstr(": the added token 1024 has no content"));
  Json strip = story();
  strip["normalizer"] = Json::parse(R"({"type": "Strip", "strip_left": true, "strip_right": true})");
  strip["added_tokens"][3] = Json::parse(R"({"id": 1024, "content": " ", "normalized": true})");
  EXPECT_THAT(refusalOf([&] { parse(strip); }),
              HasSubstr("t.json: added token \" \" is nothing behind the normalizer"));
  EXPECT_THAT(with(R"({"id": 1024, "content": "<x>", "phase": 2})"),
              HasSubstr("added_tokens[].phase is not a known member"));
  EXPECT_THAT(with(R"({"id": 1024, "content": "<s>"})"), HasSubstr("added token \"<s>\" (1024) is listed twice"));
  EXPECT_THAT(with(R"({"id": 2, "content": "<x>"})"), HasSubstr("added token \"<x>\" (2) is listed twice"));
  EXPECT_THAT(with(R"({"id": 3, "content": "<x>"})"),
              HasSubstr("added token \"<x>\" has the id 3, but the vocabulary says otherwise"));
  EXPECT_THAT(with(R"({"id": 1024, "content": "a"})"), HasSubstr("but the vocabulary says otherwise"));
  EXPECT_THAT(with(R"({"id": 1000000, "content": "<x>"})"),
              HasSubstr("added token \"<x>\" has the id 1000000, out of range (0 to "));
}

TEST(TokenizerRefusals, PostProcessors) {
  EXPECT_THAT(refusal("/post_processor", R"({"type": "Reverse"})"),
              HasSubstr("post-processor \"Reverse\" is not read (read: BertProcessing, ByteLevel, RobertaProcessing, "
                        "Sequence, TemplateProcessing)"));
  EXPECT_THAT(refusal("/post_processor", R"({"type": "BertProcessing", "sep": ["</s>", 2], "cls": ["<s>"]})"),
              HasSubstr("post_processor.cls is \"[\\\"<s>\\\"]\", not a token and its id"));
  EXPECT_THAT(refusal("/post_processor/single/1", R"({"SpecialToken": {"id": "<s>"}})"),
              HasSubstr("post_processor.single has 0 texts (1)"));
  EXPECT_THAT(refusal("/post_processor/special_tokens/<s>/ids/0", "\"1\""),
              HasSubstr("ids holds \"\\\"1\\\"\", not a token id (0 to "));
  EXPECT_THAT(refusal("/post_processor/special_tokens/<s>/ids/0", "5000"),
              HasSubstr(": the post-processor adds the id 5000, which is no token"));
  EXPECT_THAT(refusal("/post_processor/single/0/SpecialToken/id", "\"<x>\""),
              HasSubstr("post_processor.special_tokens.<x> is missing"));
}

} // namespace
} // namespace mase
