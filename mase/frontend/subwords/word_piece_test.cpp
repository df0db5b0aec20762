// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// BERT's tokenizer: ids and texts equal those that Hugging Face's library recorded, from a tokenizer.json and from a
// vocab.txt; what is not read is refused.
#include "mase/frontend/json.h"
#include "mase/frontend/refusals.h"
#include "mase/frontend/tokenizer.h"
#include "mase/frontend/tokenizer_files/vocabulary_text.h"
#include "mase/support/mapped_file.h"

#include <fstream>
#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path root = MASE_SOURCE_DIR;
const std::filesystem::path model = root / "models/bert-tiny";

const Json &recorded() {
  static const Json json = Json::parse(readTextFile(root / "mase/frontend/testdata/word_piece_cases.json"));
  return json;
}

Tokenizer changed(const Json &patch) {
  Json spec = recorded()["base"];
  spec.merge_patch(patch);
  return Tokenizer::parse("t.json", spec.dump());
}

std::string refusal(const char *patch) {
  return refusalOf([&] { changed(Json::parse(patch)); });
}

TEST(WordPiece, EqualsHuggingFace) {
  int cases = 0;
  for (auto &[name, record] : recorded().items()) {
    if (name == "what" || name == "base")
      continue;
    const Tokenizer tokenizer = changed(record["change"]);
    for (const Json &example : record["cases"]) {
      SCOPED_TRACE(name + ": " + example[0].dump());
      const auto ids = example[1].get<std::vector<int32_t>>();
      EXPECT_EQ(tokenizer.encode(example[0].get<std::string>()), ids);
      EXPECT_EQ(tokenizer.encode(example[0].get<std::string>(), SpecialTokens::Omit),
                example[2].get<std::vector<int32_t>>());
      EXPECT_EQ(tokenizer.decode(ids), example[3].get<std::string>());
      StreamDecoder stream(tokenizer);
      std::string joined;
      for (int32_t id : ids)
        joined += stream.push(id);
      EXPECT_EQ(joined + stream.finish(), example[3].get<std::string>());
      ++cases;
    }
  }
  EXPECT_GE(cases, 250);
}

TEST(WordPiece, KnowsItsTokens) {
  const Tokenizer tokenizer = Tokenizer::read(model);
  EXPECT_EQ(tokenizer.vocabularySize(), 160);
  EXPECT_EQ(tokenizer.idOf("[CLS]"), 2);
  EXPECT_TRUE(tokenizer.isSpecial(3));
  EXPECT_EQ(tokenizer.bytesOf(*tokenizer.idOf("##ness")), "##ness");
  EXPECT_THAT(tokenizer.prefix(), ElementsAre(2));
  EXPECT_THAT(tokenizer.suffix(), ElementsAre(3));
  EXPECT_EQ(refusalOf([&] { (void)tokenizer.encode("abc\xc3"); }), "the text is not UTF-8 at byte 3");
}

TEST(WordPiece, RefusesWhatItDoesNotRead) {
  EXPECT_THAT(refusal(R"({"normalizer": {"lowercase": null}})"), HasSubstr("normalizer.lowercase is missing"));
  EXPECT_THAT(refusal(R"({"model": {"unk_token": "<unk>"}})"),
              HasSubstr("model.unk_token \"<unk>\" is no token of the vocabulary"));
  EXPECT_THAT(refusal(R"({"model": {"max_input_chars_per_word": 0}})"), HasSubstr("out of range"));
  EXPECT_THAT(refusal(R"({"model": {"vocab": {"film": 3}}})"), HasSubstr("token \"film\" has the id 3 of another"));
  EXPECT_THAT(refusal(R"({"model": {"vocab": {"": 0}}})"), HasSubstr("is spelt with no character"));
  EXPECT_THAT(refusal(R"({"model": {"vocab": {"film": 999999}}})"), HasSubstr("out of range"));
}

/// A folder with a vocab.txt and perhaps a tokenizer_config.json.
class VocabularyText : public testing::Test {
protected:
  Tokenizer tokenizer(const std::string &vocabulary, const std::string &config = "") {
    std::ofstream(folder_ / "vocab.txt", std::ios::binary) << vocabulary;
    std::filesystem::remove(folder_ / "tokenizer_config.json");
    if (!config.empty())
      std::ofstream(folder_ / "tokenizer_config.json") << config;
    return Tokenizer::read(folder_.path());
  }
  std::string refusal(const std::string &vocabulary, const std::string &config = "") {
    return refusalOf([&] { tokenizer(vocabulary, config); });
  }
  const std::string words_ = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nfilm\n##s\nFilm\n\u00e9\ne\n\u65e5\n";
  ScratchFolder folder_{"vocabulary"};
};

TEST_F(VocabularyText, NumbersTokensByLine) {
  for (const char *end : {"", "s"}) { // with a line's end behind the last token, and without
    const Tokenizer t = tokenizer(words_ + end);
    EXPECT_THAT(t.encode("FILMS [PAD] caf\u00e9"), ElementsAre(2, 4, 5, 0, 1, 3));
    EXPECT_THAT(t.encode("\u00e9\u65e5e"), ElementsAre(2, 8, 9, 8, 3));
  }
  std::string lines;
  for (char c : words_)
    lines += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_THAT(tokenizer(lines).encode("films"), ElementsAre(2, 4, 5, 3));
}

TEST_F(VocabularyText, FollowsTheConfiguration) {
  EXPECT_THAT(tokenizer(words_, R"({"do_lower_case": false})").encode("Films \u00e9"), ElementsAre(2, 6, 5, 7, 3));
  EXPECT_THAT(tokenizer(words_, R"({"strip_accents": false})").encode("\u00c9"), ElementsAre(2, 7, 3));
  EXPECT_THAT(tokenizer(words_, R"({"tokenize_chinese_chars": false})").encode("e\u65e5"), ElementsAre(2, 1, 3));
  EXPECT_THAT(
      tokenizer(words_, R"({"tokenizer_class": "BertTokenizerFast", "cls_token": {"content": "film"}})").encode("e"),
      ElementsAre(4, 8, 3));
}

// A tokenizer.json beside it is what counts.
TEST_F(VocabularyText, IsTheSameAsTheTokenizerThatItStandsFor) {
  Json spec = recorded()["base"];
  Json vocabulary = tokenizerOfVocabulary(model)["model"]["vocab"];
  spec["model"]["vocab"] = vocabulary;
  const Tokenizer full = Tokenizer::parse("t.json", spec.dump()), alone = Tokenizer::read(model);
  for (const Json &example : recorded()["as it ships"]["cases"])
    EXPECT_EQ(full.encode(example[0].get<std::string>()), alone.encode(example[0].get<std::string>()));
}

TEST_F(VocabularyText, Refusals) {
  EXPECT_THAT(refusal(words_ + "film\n"),
              HasSubstr("vocab.txt:11: token \"film\" is empty or stands there twice (a token a line)"));
  EXPECT_THAT(refusal("a\n\nb\n"), HasSubstr("vocab.txt:2: token \"\" is empty"));
  EXPECT_THAT(refusal("[UNK]\n[CLS]\n"),
              HasSubstr("vocab.txt: has no token \"[SEP]\" (the tokenizer puts it into texts)"));
  EXPECT_THAT(refusal(words_, R"({"tokenizer_class": "RobertaTokenizer"})"),
              HasSubstr("tokenizer_class \"RobertaTokenizer\" is not read with a vocab.txt (read: BertTokenizer)"));
  EXPECT_THAT(refusal(words_, R"({"do_basic_tokenize": false})"),
              HasSubstr("do_basic_tokenize is false, which is not read with a vocab.txt (true)"));
  EXPECT_THAT(refusal(words_, R"({"never_split": ["film"]})"), HasSubstr("never_split is not read (absent)"));
  EXPECT_THAT(refusal(words_, R"({"do_lower_case": 1})"), HasSubstr("do_lower_case is \"1\", not true or false"));
}

} // namespace
} // namespace mase
