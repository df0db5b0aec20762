// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Thousands of damaged files: each is read or refused by an InputError, and nothing else happens. Under the sanitize
/// preset this also says that no reader leaves its buffers. The seeds are fixed: a failure comes back.
#include "mase/frontend/architectures/bert/bert_config.h"
#include "mase/frontend/architectures/distilbert/distilbert_config.h"
#include "mase/frontend/architectures/gemma2/gemma2_config.h"
#include "mase/frontend/architectures/gpt2/gpt2_config.h"
#include "mase/frontend/architectures/gpt_neox/gpt_neox_config.h"
#include "mase/frontend/architectures/llama/llama_config.h"
#include "mase/frontend/architectures/mistral/mistral_config.h"
#include "mase/frontend/architectures/opt/opt_config.h"
#include "mase/frontend/architectures/phi3/phi3_config.h"
#include "mase/frontend/architectures/qwen2/qwen2_config.h"
#include "mase/frontend/architectures/qwen3/qwen3_config.h"
#include "mase/frontend/architectures/roberta/roberta_config.h"
#include "mase/frontend/base64.h"
#include "mase/frontend/chat_template/chat_template.h"
#include "mase/frontend/json.h"
#include "mase/frontend/npy.h"
#include "mase/frontend/refusals.h"
#include "mase/frontend/safetensors.h"
#include "mase/frontend/tokenizer.h"
#include "mase/frontend/tokenizer_files/sentence_pieces.h"
#include "mase/support/damaged.h"
#include "mase/support/mapped_file.h"
#include "mase/support/random.h"

#include <fstream>
#include <gtest/gtest.h>

namespace mase {
namespace {

const std::filesystem::path models = std::filesystem::path(MASE_SOURCE_DIR) / "models";
const std::filesystem::path model = models / "llama-stories-1m", optModel = models / "opt-stories-1m";

struct Outcomes {
  int read = 0, refused = 0;
};

/// Counts outcomes over `cases` damaged copies of `text`; an exception that is no InputError fails the test.
Outcomes outcomesOf(const std::string &text, int cases, const std::function<void(const std::string &)> &reader) {
  Outcomes outcomes;
  for (int i = 0; i < cases; ++i) {
    Random random(0xF022, static_cast<uint64_t>(i));
    std::string bad = damaged(text, random);
    try {
      std::string said = refusalOf([&] { reader(bad); });
      (said == "accepted" ? outcomes.read : outcomes.refused) += 1;
      EXPECT_EQ(said.find('\n'), std::string::npos) << said;
    } catch (const std::exception &error) {
      ADD_FAILURE() << "case " << i << ": " << error.what() << "\n" << bad.substr(0, 2000);
    }
  }
  return outcomes;
}

/// Damaged copies of the config of `model`, through its architecture's reader.
void damageConfig(const std::filesystem::path &model, const std::function<void(const JsonObject &)> &reader,
                  int cases = 4000) {
  Outcomes found = outcomesOf(readTextFile(model / "config.json"), cases, [&](const std::string &text) {
    const Json json = parseJson("config.json", text);
    reader(JsonObject("config.json", json));
  });
  EXPECT_GT(found.read, cases / 40);
  EXPECT_GT(found.refused, cases / 4);
}

TEST(Fuzz, LlamaConfig) {
  damageConfig(model, [](const JsonObject &config) { readLlamaConfig(config); });
}

TEST(Fuzz, OptConfig) {
  damageConfig(optModel, [](const JsonObject &config) { readOptConfig(config); });
}

TEST(Fuzz, BertConfig) {
  damageConfig(models / "bert-tiny", [](const JsonObject &config) { readBertConfig(config); });
}

TEST(Fuzz, ConfigsOfTheFamilies) {
  damageConfig(
      models / "families/mistral", [](const JsonObject &config) { readMistralConfig(config); }, 1000);
  damageConfig(
      models / "families/qwen2", [](const JsonObject &config) { readQwen2Config(config); }, 1000);
  damageConfig(
      models / "families/qwen3", [](const JsonObject &config) { readQwen3Config(config); }, 1000);
  damageConfig(
      models / "families/gpt2-published-names", [](const JsonObject &config) { readGpt2Config(config); }, 1000);
  damageConfig(
      models / "families/gpt_neox", [](const JsonObject &config) { readGptNeoxConfig(config); }, 1000);
  damageConfig(
      models / "families/roberta", [](const JsonObject &config) { readRobertaConfig(config); }, 1000);
  damageConfig(
      models / "families/distilbert", [](const JsonObject &config) { readDistilBertConfig(config); }, 1000);
  damageConfig(
      models / "families/phi3", [](const JsonObject &config) { readPhi3Config(config); }, 1000);
  damageConfig(
      models / "families/gemma2", [](const JsonObject &config) { readGemma2Config(config); }, 1000);
}

TEST(Fuzz, SafetensorsHeader) {
  // Three tensors are enough, and quick: the header is damaged, the length then made right or left wrong.
  std::string header = R"({"__metadata__":{"format":"pt"},"a":{"dtype":"BF16","shape":[4,3],"data_offsets":[0,24]},)"
                       R"("b":{"dtype":"F32","shape":[],"data_offsets":[24,28]},)"
                       R"("c":{"dtype":"F16","shape":[2],"data_offsets":[28,32]}})";
  ScratchFolder folder("fuzz");
  auto open = [&](const std::string &bytes) {
    std::filesystem::remove(folder / "model.safetensors"); // file systems make haste to store what is replaced
    std::ofstream(folder / "model.safetensors", std::ios::binary) << bytes;
    TensorTable table = openSafetensors(folder.path());
    for (const Tensor &tensor : table.tensors()) {
      std::vector<float> out(static_cast<size_t>(tensor.elements));
      toFloat(tensor, out.data());
    }
  };
  std::string data(32, '\0');
  Outcomes right = outcomesOf(header, 1500, [&](const std::string &bad) { open(safetensorsOf(bad, data)); });
  EXPECT_GT(right.read, 20);
  EXPECT_GT(right.refused, 500);
  Outcomes raw = outcomesOf(safetensorsOf(header, data), 1500, open);
  EXPECT_GT(raw.refused, 500);
}

TEST(Fuzz, PackedWeights) {
  // Formats with each kind of part; damaged are names, shapes, dtypes and the codes themselves.
  std::string header =
      R"({"__metadata__":{"format":"pt","mase.format.a":"nvfp4","mase.shape.a":"2x32","mase.format.b":)"
      R"("mxint3/e5","mase.shape.b":"3x8"},"a":{"dtype":"F4","shape":[2,32],"data_offsets":[4,36]},)"
      R"("a_scale":{"dtype":"F8_E4M3","shape":[2,2],"data_offsets":[36,40]},)"
      R"("a_scale_2":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
      R"("b":{"dtype":"U8","shape":[3,3],"data_offsets":[40,49]},)"
      R"("b_scale":{"dtype":"U8","shape":[2],"data_offsets":[49,51]}})";
  std::string data = std::string(40, '\x11') + std::string(11, '\0');
  data.replace(0, 4, std::string("\0\0\x80\x3f", 4));
  ScratchFolder folder("fuzz-packed");
  auto open = [&](const std::string &bytes) {
    std::filesystem::remove(folder / "model.safetensors");
    std::ofstream(folder / "model.safetensors", std::ios::binary) << bytes;
    TensorTable table = openSafetensors(folder.path());
    for (const Tensor &tensor : table.tensors()) {
      ASSERT_LT(tensor.elements, 1000);
      std::vector<float> out(static_cast<size_t>(tensor.elements));
      toFloat(tensor, out.data());
    }
  };
  open(safetensorsOf(header, data));
  Outcomes right = outcomesOf(header, 3000, [&](const std::string &bad) { open(safetensorsOf(bad, data)); });
  EXPECT_GT(right.read, 1);
  EXPECT_GT(right.refused, 1000);
  Outcomes codes = outcomesOf(data, 1500, [&](const std::string &bad) { open(safetensorsOf(header, bad)); });
  EXPECT_GT(codes.read, 20);
  EXPECT_GT(codes.refused, 200);
}

/// The story model's tokenizer with 40 tokens beside the bytes: whole files are read in microseconds.
std::string smallTokenizer() {
  Json json = Json::parse(readTextFile(model / "tokenizer.json"));
  Json merges = Json::array(), vocabulary = Json::object();
  for (size_t i = 0; i < 40; ++i)
    merges.push_back(json["model"]["merges"][i]);
  for (auto &[token, id] : json["model"]["vocab"].items())
    if (id < 3 + 256 + 40)
      vocabulary[token] = id;
  json["model"]["merges"] = merges;
  json["model"]["vocab"] = vocabulary;
  json["pre_tokenizer"] = Json::parse(R"({"type": "Sequence", "pretokenizers": [{"type": "Digits"}, {"type": "Split",
    "pattern": {"Regex": "(?i:'s|'t)|[^\\r\\n\\p{L}]?\\p{L}+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated",
    "invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]})");
  json.erase("version"); // stands last in the text otherwise, and every cut would hit it alone
  return "{\"version\":\"1.0\"," + json.dump().substr(1);
}

TEST(Fuzz, Tokenizer) {
  std::string text = smallTokenizer();
  Outcomes found = outcomesOf(text, 3000, [](const std::string &bad) {
    Tokenizer tokenizer = Tokenizer::parse("tokenizer.json", bad);
    std::vector<int32_t> ids = tokenizer.encode("It's 42 <s> na\u00efve\n\n  end");
    (void)tokenizer.decode(ids, SpecialTokens::Keep);
  });
  EXPECT_GT(found.read, 100);
  EXPECT_GT(found.refused, 1000);
}

TEST(Fuzz, WordPiece) {
  Json json = Json::parse(readTextFile(models.parent_path() / "mase/frontend/testdata/word_piece_cases.json"))["base"];
  json.erase("version");
  Outcomes found = outcomesOf("{\"version\":\"1.0\"," + json.dump().substr(1), 3000, [](const std::string &bad) {
    Tokenizer tokenizer = Tokenizer::parse("tokenizer.json", bad);
    std::vector<int32_t> ids = tokenizer.encode("It's 42 [SEP] Na\u00efve\n\n  film\u4e2d");
    (void)tokenizer.decode(ids, SpecialTokens::Keep);
  });
  EXPECT_GT(found.read, 100);
  EXPECT_GT(found.refused, 1000);
}

/// The tiny tokenizers of all kinds: parts of every kind damaged, and texts through what is still read.
TEST(Fuzz, TokenizerKinds) {
  const std::filesystem::path folder = models.parent_path() / "mase/frontend/testdata/tokenizers";
  for (const char *name : {"llama", "unigram", "word_level"}) {
    Json json = Json::parse(readTextFile(folder / (std::string(name) + ".json")))["base"];
    json.erase("version");
    json["model"].erase("merges");
    if (json["model"]["vocab"].is_object())
      json["model"]["merges"] = Json::array();
    if (std::string(name) == "word_level")
      json["model"].erase("merges");
    // The vocabulary is most of the text and says least: it stands last and short.
    Json vocabulary = json["model"]["vocab"].is_object() ? Json(Json::object()) : Json(Json::array());
    for (auto &[key, value] : json["model"]["vocab"].items()) {
      if (vocabulary.is_array() && vocabulary.size() < 40)
        vocabulary.push_back(value);
      else if (vocabulary.is_object() && value < 40)
        vocabulary[key] = value;
    }
    json["model"]["vocab"] = vocabulary;
    Outcomes found = outcomesOf("{\"version\":\"1.0\"," + json.dump().substr(1), 1500, [](const std::string &bad) {
      Tokenizer tokenizer = Tokenizer::parse("tokenizer.json", bad);
      std::vector<int32_t> ids = tokenizer.encode("It's 42 <s> na\u00efve\n\n \ufb01 end \u4e2d");
      (void)tokenizer.decode(ids, SpecialTokens::Keep);
    });
    EXPECT_GT(found.read + found.refused, 1400);
    EXPECT_GT(found.refused, 300) << name;
  }
}

TEST(Fuzz, SentencePieces) {
  const Json recorded =
      Json::parse(readTextFile(models.parent_path() / "mase/frontend/testdata/tokenizers/sentencepiece.json"));
  for (const char *name : {"pieces", "words"}) {
    const std::string file = fromBase64(recorded[name]["file"].get<std::string>()).value();
    Outcomes found = outcomesOf(file, 400, [](const std::string &bad) {
      const Json json = tokenizerOf("t.model", parseSentencePieces("t.model", bad));
      Tokenizer tokenizer = Tokenizer::parse("t.model", json.dump());
      (void)tokenizer.decode(tokenizer.encode("It's 42 <s> na\u00efve\n\n \ufb01 end"));
    });
    EXPECT_GT(found.refused, 50) << name;
  }
}

TEST(Fuzz, ChatTemplates) {
  const Json recorded = Json::parse(readTextFile(models.parent_path() / "mase/frontend/testdata/chat_templates.json"));
  for (auto &[name, record] : recorded.items())
    if (record.is_array()) {
      Outcomes found = outcomesOf(record[0].get<std::string>(), 150, [](const std::string &bad) {
        (void)ChatTemplate("t", bad).render({{"user", "hi"}, {"assistant", "a"}}, true, {{"bos_token", "<s>"}});
      });
      EXPECT_GT(found.read + found.refused, 140);
    }
}

TEST(Fuzz, VocabularyText) {
  ScratchFolder folder("fuzz-vocabulary");
  Outcomes found = outcomesOf(readTextFile(models / "bert-tiny/vocab.txt"), 500, [&](const std::string &bad) {
    std::filesystem::remove(folder / "vocab.txt");
    std::ofstream(folder / "vocab.txt", std::ios::binary) << bad;
    (void)Tokenizer::read(folder.path()).encode("It's a film [SEP]");
  });
  EXPECT_GT(found.read, 20);
  EXPECT_GT(found.refused, 20);
}

TEST(Fuzz, Npy) {
  Outcomes found = outcomesOf(npyBytes({{2, 3}, std::vector<float>(6, 1.5f)}), 3000,
                              [](const std::string &bad) { parseNpy("x.npy", bad); });
  EXPECT_GT(found.read, 100);
  EXPECT_GT(found.refused, 1000);
}

TEST(Fuzz, TextsAndIds) {
  Tokenizer tokenizer = Tokenizer::read(model);
  for (uint64_t i = 0; i < 2000; ++i) {
    Random random(7, i);
    std::vector<int32_t> ids(random.below(30));
    StreamDecoder stream(tokenizer, SpecialTokens::Keep);
    std::string joined;
    for (int32_t &id : ids) {
      id = static_cast<int32_t>(random.below(static_cast<uint64_t>(tokenizer.vocabularySize())));
      joined += stream.push(id);
    }
    std::string text = tokenizer.decode(ids, SpecialTokens::Keep);
    ASSERT_EQ(joined + stream.finish(), text);
    ASSERT_EQ(tokenizer.decode(tokenizer.encode(text, SpecialTokens::Omit), SpecialTokens::Keep), text);
  }
}

} // namespace
} // namespace mase
