// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Tokenizers from what lies in a folder without a tokenizer.json: vocab.json and merges.txt, tokenizer.model; and what
/// is not read of them.
#include "mase/frontend/tokenizer_files/tokenizer_files.h"

#include "mase/frontend/base64.h"
#include "mase/frontend/refusals.h"
#include "mase/frontend/tokenizer.h"
#include "mase/frontend/tokenizer_files/sentence_pieces.h"
#include "mase/support/mapped_file.h"

#include <fstream>
#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path root = MASE_SOURCE_DIR;

class TokenizerFiles : public testing::Test {
protected:
  void write(const std::string &name, const std::string &content) {
    std::filesystem::remove(folder_ / name);
    std::ofstream(folder_ / name, std::ios::binary) << content;
  }
  void config(const std::string &text) { write("tokenizer_config.json", text); }
  Tokenizer tokenizer() { return Tokenizer::read(folder_.path()); }
  std::string refusal() {
    return refusalOf([&] { tokenizer(); });
  }
  /// The story model's tokenizer, as the older files have it.
  void writeStory() {
    const Json story = Json::parse(readTextFile(root / "models/llama-stories-1m/tokenizer.json"));
    write("vocab.json", story["model"]["vocab"].dump());
    std::string merges = "#version: 0.2\n";
    for (const Json &merge : story["model"]["merges"])
      merges += merge[0].get<std::string>() + " " + merge[1].get<std::string>() + "\n";
    write("merges.txt", merges);
  }
  void writePieces(const char *name) {
    const Json recorded = Json::parse(readTextFile(root / "mase/frontend/testdata/tokenizers/sentencepiece.json"));
    write("tokenizer.model", fromBase64(recorded[name]["file"].get<std::string>()).value());
  }
  ScratchFolder folder_{"tokenizer-files"};
};

TEST_F(TokenizerFiles, VocabularyAndMerges) {
  writeStory();
  const std::string text = readTextFile(root / "models/llama-stories-1m/eval.txt").substr(0, 5000) + "<s> caf\u00e9";
  const Tokenizer whole = Tokenizer::read(root / "models/llama-stories-1m");
  EXPECT_EQ(tokenizer().encode(text), whole.encode(text, SpecialTokens::Omit));
  config(R"({"tokenizer_class": "GPT2TokenizerFast", "add_bos_token": true, "bos_token": "<s>"})");
  EXPECT_EQ(tokenizer().encode(text), whole.encode(text));
  config(R"({"tokenizer_class": "RobertaTokenizer"})");
  EXPECT_THAT(tokenizer().prefix(), ElementsAre(1));
  EXPECT_THAT(tokenizer().suffix(), ElementsAre(2));
  config(R"({"add_prefix_space": true, "add_eos_token": true, "eos_token": {"content": "</s>"}})");
  EXPECT_EQ(tokenizer().decode(tokenizer().encode("a")), " a");
  EXPECT_THAT(tokenizer().suffix(), ElementsAre(2));
  config(R"({"tokenizer_class": "Qwen2Tokenizer",
            "added_tokens_decoder": {"2000": {"content": "<|im_end|>", "special": true}}})");
  EXPECT_EQ(tokenizer().encode("cafe\u0301"), whole.encode("caf\u00e9", SpecialTokens::Omit)); // NFC
  EXPECT_EQ(tokenizer().idOf("<|im_end|>"), 2000);
}

TEST_F(TokenizerFiles, VocabularyAndMergesRefusals) {
  writeStory();
  config(R"({"tokenizer_class": "CLIPTokenizer"})");
  EXPECT_THAT(refusal(),
              HasSubstr("tokenizer_config.json: tokenizer_class \"CLIPTokenizer\" is not read with vocab.json "
                        "and merges.txt (read: GPT2Tokenizer, RobertaTokenizer, Qwen2Tokenizer)"));
  config(R"({"add_bos_token": true})");
  EXPECT_THAT(refusal(),
              HasSubstr("vocab.json: has no special token \"<|endoftext|>\" (bos_token of its configuration)"));
  config(R"({"added_tokens_decoder": {"x1": {"content": "a"}}})");
  EXPECT_THAT(refusal(), HasSubstr("tokenizer_config.json: added_tokens_decoder.x1 is no token id"));
  config("{}");
  write("merges.txt", "#version: 0.2\na b c\n");
  EXPECT_THAT(refusal(), HasSubstr("merges.txt:2: \"a b c\" is no merge (two tokens and a space)"));
}

TEST_F(TokenizerFiles, SentencePiecesConfiguration) {
  writePieces("pieces");
  EXPECT_THAT(tokenizer().prefix(), ElementsAre(1));
  EXPECT_TRUE(tokenizer().suffix().empty());
  EXPECT_EQ(tokenizer().decode(tokenizer().encode("Once upon \u4e2d\n")), "Once upon \u4e2d\n");
  config(R"({"tokenizer_class": "LlamaTokenizer", "add_bos_token": false, "add_eos_token": true})");
  EXPECT_TRUE(tokenizer().prefix().empty());
  EXPECT_THAT(tokenizer().suffix(), ElementsAre(2));
  config(R"({"tokenizer_class": "T5Tokenizer"})");
  writePieces("words");
  EXPECT_TRUE(tokenizer().prefix().empty());
  EXPECT_THAT(tokenizer().suffix(), ElementsAre(2));
  config(R"({"tokenizer_class": "XLMRobertaTokenizer"})");
  EXPECT_THAT(refusal(), HasSubstr("tokenizer_class \"XLMRobertaTokenizer\" is not read with a tokenizer.model (read: "
                                   "LlamaTokenizer, CodeLlamaTokenizer, GemmaTokenizer, T5Tokenizer)"));
}

std::string field(int number, const std::string &bytes) {
  return std::string(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(bytes.size()) + bytes;
}

TEST(SentencePieceFile, Refusals) {
  const auto said = [](const std::string &bytes) {
    return refusalOf([&] { tokenizerOf("t.model", parseSentencePieces("t.model", bytes)); });
  };
  const std::string piece = field(1, field(1, "a"));
  EXPECT_EQ(said(piece + field(1, field(1, "b")) + field(1, field(1, "c"))), "accepted");
  EXPECT_THAT(said(""), HasSubstr("t.model: has no pieces: not a file of SentencePiece"));
  EXPECT_THAT(
      said("\x0a\x05xy"),
      HasSubstr("t.model: is no SentencePiece model, or is truncated: a field of 5 bytes passes the end (at byte 2)"));
  EXPECT_THAT(said("\x08\x01"), HasSubstr("t.model: is no SentencePiece model: field 1 has another type (at byte 2)"));
  EXPECT_THAT(said(field(1, "\x10\x01")), HasSubstr("field 2 has another type (at byte 4)")); // a score
  EXPECT_THAT(said("\x0b"), HasSubstr("is no SentencePiece model: no field of protocol buffers (at byte 1)"));
  EXPECT_THAT(said(std::string(11, '\xff')),
              HasSubstr("is no SentencePiece model: a number of more than 64 bits (at byte 10)"));
  EXPECT_THAT(said(piece + piece), HasSubstr("piece 1 (\"a\") is empty, not UTF-8, or stands twice"));
  EXPECT_THAT(said(piece + field(2, "\x18\x03")),
              HasSubstr("the model of SentencePiece has the number 3 (1: unigram, 2: BPE)"));
  EXPECT_THAT(said(piece + field(2, std::string("\xc0\x01\x01", 3))),
              HasSubstr("spaces stand behind their words (treat_whitespace_as_suffix), which is not read (false)"));
  EXPECT_THAT(said(piece + field(3, std::string("\x28\x00", 2))),
              HasSubstr("spaces are not spelt \"\u2581\" (escape_whitespaces), which is not read (true)"));
  EXPECT_THAT(said(piece), HasSubstr("1 is put around texts, but is the id of no piece (0 to 0)"));
}

TEST(Unigram, Refusals) {
  const auto said = [](const char *model, const char *text = "a") {
    return refusalOf([&] {
      const Json spec = {{"version", "1.0"}, {"model", Json::parse(model)}};
      (void)Tokenizer::parse("t.json", spec.dump()).encode(text);
    });
  };
  EXPECT_EQ(said(R"({"type": "Unigram", "unk_id": null, "vocab": [["a", -1]]})"), "accepted");
  EXPECT_THAT(said(R"({"type": "Unigram", "vocab": [["a", "b"]]})"),
              HasSubstr("model.vocab holds \"[\\\"a\\\",\\\"b\\\"]\", not a token and its score"));
  EXPECT_THAT(said(R"({"type": "Unigram", "vocab": [["a", 1], ["a", 2]]})"),
              HasSubstr("the token \"a\" of Unigram (1) is empty or stands twice"));
  EXPECT_THAT(said(R"({"type": "Unigram", "vocab": []})"), HasSubstr("model.vocab is empty (at least one token)"));
  EXPECT_THAT(said(R"({"type": "Unigram", "vocab": [["a", -1]]})", "ab"),
              HasSubstr("Unigram has no token for \"b\", which is in the text, and no unk_id"));
}

TEST(Base64, BothWays) {
  EXPECT_EQ(toBase64("Man"), "TWFu");
  EXPECT_EQ(toBase64("Ma"), "TWE=");
  EXPECT_EQ(toBase64("M"), "TQ==");
  for (const char *text : {"", "a", "ab", "abc", "abcd\xff"})
    EXPECT_EQ(fromBase64(toBase64(text)), text);
  EXPECT_EQ(fromBase64("TWE"), std::nullopt);
  EXPECT_EQ(fromBase64("T!E="), std::nullopt);
}

} // namespace
} // namespace mase
