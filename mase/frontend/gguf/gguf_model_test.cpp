// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The story model as a GGUF file is the story model.
#include "mase/frontend/gguf/gguf_model.h"

#include "mase/frontend/base64.h"
#include "mase/frontend/gguf/testing/gguf_bytes.h"
#include "mase/frontend/model_files.h"
#include "mase/frontend/refusals.h"
#include "mase/frontend/tokenizer_files/sentence_pieces.h"
#include "mase/support/output.h"

#include <gmock/gmock.h>
#include <map>

namespace mase::gguf {
namespace {
using testing::Bytes;
using ::testing::HasSubstr;

const std::filesystem::path story = std::filesystem::path(MASE_SOURCE_DIR) / "models/llama-stories-1m";

/// The names that the table gives, the other way round.
std::string ggufName(std::string name) {
  const std::map<std::string, std::string> parts = {{"model.embed_tokens", "token_embd"},
                                                    {"model.norm", "output_norm"},
                                                    {"lm_head", "output"},
                                                    {"input_layernorm", "attn_norm"},
                                                    {"self_attn.q_proj", "attn_q"},
                                                    {"self_attn.k_proj", "attn_k"},
                                                    {"self_attn.v_proj", "attn_v"},
                                                    {"self_attn.o_proj", "attn_output"},
                                                    {"post_attention_layernorm", "ffn_norm"},
                                                    {"mlp.gate_proj", "ffn_gate"},
                                                    {"mlp.up_proj", "ffn_up"},
                                                    {"mlp.down_proj", "ffn_down"},
                                                    {"model.layers.", "blk."}};
  for (const auto &[from, to] : parts)
    if (const size_t at = name.find(from); at != std::string::npos)
      name.replace(at, from.size(), to);
  return name;
}

/// Rows in the order of the file: Hugging Face's p and p + d/2 of a head become 2p and 2p + 1.
std::string interleaved(const Tensor &tensor, int64_t heads) {
  const int64_t rows = tensor.shape[0], size = rows / heads;
  const size_t rowBytes = tensor.bytes.size() / static_cast<size_t>(rows);
  std::string bytes;
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t within = row % size, from = row - within + within / 2 + within % 2 * (size / 2);
    bytes.append(reinterpret_cast<const char *>(tensor.bytes.data()) + static_cast<size_t>(from) * rowBytes, rowBytes);
  }
  return bytes;
}

class GgufModelTest : public ::testing::Test {
protected:
  ScratchFolder folder{"gguf-model"};
  Json config = parseJson("config.json", readTextFile(story / "config.json"));
  Json tokens = parseJson("tokenizer.json", readTextFile(story / "tokenizer.json"));
  TensorTable table = openSafetensors(story);

  Bytes bytes(const char *without = "") const {
    Bytes bytes;
    bytes.addText("general.architecture", "llama");
    const std::map<const char *, const char *> sizes = {{"block_count", "num_hidden_layers"},
                                                        {"context_length", "max_position_embeddings"},
                                                        {"embedding_length", "hidden_size"},
                                                        {"feed_forward_length", "intermediate_size"},
                                                        {"attention.head_count", "num_attention_heads"},
                                                        {"attention.head_count_kv", "num_key_value_heads"}};
    for (const auto &[to, from] : sizes)
      if (std::string_view(to) != without)
        bytes.addInteger(std::string("llama.") + to, config[from].get<uint32_t>());
    bytes.addNumber("llama.attention.layer_norm_rms_epsilon", config["rms_norm_eps"].get<float>());
    bytes.addText("llama.rope.scaling.type", "none");
    for (const Tensor &tensor : table.tensors()) {
      const bool query = tensor.name.ends_with("q_proj.weight"), key = tensor.name.ends_with("k_proj.weight");
      const int64_t heads = config[query ? "num_attention_heads" : "num_key_value_heads"];
      const std::string plain(reinterpret_cast<const char *>(tensor.bytes.data()), tensor.bytes.size());
      bytes.addTensor(ggufName(tensor.name), tensor.shape, 30, query || key ? interleaved(tensor, heads) : plain);
    }
    return bytes;
  }
  void addTokenizer(Bytes &bytes, const char *model = "gpt2", const char *pre = "gpt-2") const {
    const Json &vocabulary = tokens["model"]["vocab"];
    size_t size = vocabulary.size();
    for (const Json &token : tokens["added_tokens"])
      size = std::max(size, token["id"].get<size_t>() + 1);
    std::vector<std::string> texts(size), merges;
    std::vector<int32_t> types(size, 1);
    for (const auto &[token, id] : vocabulary.items())
      texts[id.get<size_t>()] = token;
    for (const Json &token : tokens["added_tokens"]) {
      texts[token["id"].get<size_t>()] = token["content"];
      types[token["id"].get<size_t>()] = 3;
    }
    for (const Json &merge : tokens["model"]["merges"])
      merges.push_back(merge.is_string() ? merge.get<std::string>()
                                         : merge[0].get<std::string>() + " " + merge[1].get<std::string>());
    bytes.addText("tokenizer.ggml.model", model);
    bytes.addText("tokenizer.ggml.pre", pre);
    bytes.addTexts("tokenizer.ggml.tokens", texts);
    bytes.addIntegers("tokenizer.ggml.token_type", types);
    bytes.addTexts("tokenizer.ggml.merges", merges);
    bytes.addInteger("tokenizer.ggml.bos_token_id", config["bos_token_id"].get<uint32_t>());
    bytes.addFlag("tokenizer.ggml.add_bos_token", true);
  }
  GgufModel open(const Bytes &bytes) const {
    writeFile(folder / "story.gguf", bytes.bytes());
    return GgufModel::open(folder / "story.gguf");
  }
  std::string refusal(const Bytes &bytes, const std::function<void(const GgufModel &)> &use) const {
    return refusalOf([&] { use(open(bytes)); });
  }
};

TEST_F(GgufModelTest, TensorsAreHuggingFaces) {
  const TensorTable read = open(bytes()).tensors();
  ASSERT_EQ(read.tensors().size(), table.tensors().size());
  for (const Tensor &tensor : table.tensors()) {
    const Tensor *found = read.find(tensor.name);
    ASSERT_NE(found, nullptr) << tensor.name;
    EXPECT_EQ(found->shape, tensor.shape);
    std::vector<float> expected(static_cast<size_t>(tensor.elements)), values(expected.size());
    toFloat(tensor, expected.data());
    toFloat(*found, values.data());
    EXPECT_EQ(values, expected) << tensor.name;
  }
}

TEST_F(GgufModelTest, ConfigAndTokenizerSayTheSame) {
  Bytes all = bytes();
  addTokenizer(all);
  const GgufModel model = open(all);
  const Json read = model.config();
  for (const char *key : {"architectures", "hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size",
                          "max_position_embeddings", "hidden_act"})
    EXPECT_EQ(read[key], config[key]) << key;
  EXPECT_EQ(read["tie_word_embeddings"], table.find("lm_head.weight") == nullptr);
  const Tokenizer expected = Tokenizer::read(story), found = ModelFiles::open(folder / "story.gguf")->tokenizer();
  const std::string text = readTextFile(story / "eval.txt").substr(0, 4000);
  EXPECT_EQ(found.encode(text), expected.encode(text));
}

TEST_F(GgufModelTest, WhatWouldChangeTheModelIsRefused) {
  const auto config = [](const GgufModel &model) { model.config(); };
  const auto tensors = [](const GgufModel &model) { model.tensors(); };
  EXPECT_THAT(refusal(bytes("block_count"), config), HasSubstr("story.gguf: has no llama.block_count"));
  Bytes other = bytes();
  other.addInteger("llama.expert_count", 8);
  EXPECT_THAT(refusal(other, config),
              HasSubstr("llama.expert_count is not implemented (without it the model would be another one)"));
  other = bytes();
  other.addInteger("llama.rope.dimension_count", 8);
  EXPECT_THAT(refusal(other, config),
              HasSubstr("llama.rope.dimension_count is 8, but a head has 32 features (nothing else is implemented)"));
  other = bytes();
  other.addTensor("blk.0.attn_sinks.weight", {1}, 0, std::string(4, '\0'));
  EXPECT_THAT(refusal(other, tensors),
              HasSubstr("tensor \"blk.0.attn_sinks.weight\" is not known of llama (is it another kind of model?)"));
  other = {};
  other.addText("general.architecture", "mamba");
  EXPECT_THAT(refusal(other, config), HasSubstr("general.architecture \"mamba\" is not known (known in GGUF: llama"));
  other = bytes();
  other.tensors.clear();
  EXPECT_THAT(refusal(other, config), HasSubstr("has no tensor token_embd.weight"));
  other.addTensor("blk.0.attn_q.weight", {2, 4}, 0, std::string(32, '\0'));
  EXPECT_THAT(refusal(other, tensors), HasSubstr("tensor blk.0.attn_q.weight (2x4) has no 4 heads of pairs"));
}

TEST_F(GgufModelTest, SentencePiecesAreThoseOfTheirOwnFile) {
  const Json recorded = Json::parse(
      readTextFile(std::filesystem::path(MASE_SOURCE_DIR) / "mase/frontend/testdata/tokenizers/sentencepiece.json"));
  const SentencePieces pieces =
      parseSentencePieces("pieces.model", fromBase64(recorded["pieces"]["file"].get<std::string>()).value());
  Bytes all = bytes();
  all.addFlag("tokenizer.ggml.add_eos_token", true);
  all.addInteger("tokenizer.ggml.eos_token_id", 2);
  std::vector<std::string> texts;
  std::vector<float> scores;
  std::vector<int32_t> types;
  for (const SentencePieces::Piece &piece : pieces.pieces) {
    texts.push_back(piece.text);
    scores.push_back(static_cast<float>(piece.score));
    types.push_back(static_cast<int32_t>(piece.kind));
  }
  all.addText("tokenizer.ggml.model", "llama");
  all.addTexts("tokenizer.ggml.tokens", texts);
  all.addFloats("tokenizer.ggml.scores", scores);
  all.addIntegers("tokenizer.ggml.token_type", types);
  all.addInteger("tokenizer.ggml.bos_token_id", 1);
  open(all);
  const Tokenizer expected = Tokenizer::parse("t.json", mase::tokenizerOf("t", pieces).dump()),
                  found = ModelFiles::open(folder / "story.gguf")->tokenizer();
  const std::string text = readTextFile(story / "eval.txt").substr(0, 4000) + "<s> \u4e2d  \n";
  EXPECT_EQ(found.encode(text), expected.encode(text));
  EXPECT_EQ(found.decode(found.encode(text)), expected.decode(expected.encode(text)));
}

TEST_F(GgufModelTest, ChatTemplate) {
  Bytes all = bytes();
  addTokenizer(all);
  EXPECT_FALSE(open(all).chat().has_value());
  all.addText("tokenizer.chat_template", "{{ bos_token }}");
  const std::optional<ChatSource> chat = open(all).chat();
  EXPECT_EQ(chat->text, "{{ bos_token }}");
  EXPECT_EQ(chat->names[0], std::pair(std::string("bos_token"), std::string("<s>")));
}

TEST_F(GgufModelTest, TokenizersThatAreNotReadAreNamed) {
  const auto said = [&](const Bytes &all) { return refusal(all, [](const GgufModel &model) { model.tokenizer(); }); };
  Bytes other = bytes();
  addTokenizer(other, "rwkv");
  EXPECT_THAT(said(other), HasSubstr("tokenizer.ggml.model \"rwkv\" is not implemented (read: gpt2, llama)"));
  other = bytes();
  addTokenizer(other, "gpt2", "poro-chat");
  EXPECT_THAT(said(other), HasSubstr("tokenizer.ggml.pre \"poro-chat\" is not known (known: gpt-2"));
  other = bytes();
  addTokenizer(other, "llama");
  other.addFloats("tokenizer.ggml.scores", {1, 2});
  EXPECT_THAT(said(other), HasSubstr("tokens, but 2 scores"));
  other = bytes();
  addTokenizer(other);
  other.addFlag("tokenizer.ggml.add_eos_token", true);
  EXPECT_THAT(said(other), HasSubstr("tokenizer.ggml.add_eos_token is not implemented (false)"));
  const auto three = [&](const std::vector<std::string> &tokens) {
    Bytes few = bytes();
    few.addText("tokenizer.ggml.model", "gpt2");
    few.addText("tokenizer.ggml.pre", "gpt-2");
    few.addTexts("tokenizer.ggml.tokens", tokens);
    few.addIntegers("tokenizer.ggml.token_type", {1, 1, 1});
    return said(few);
  };
  EXPECT_THAT(three({"a", "b"}), HasSubstr("2 tokens, but 3 types of tokens"));
  EXPECT_THAT(three({"a", "b", "a"}), HasSubstr("the token \"a\" stands twice"));
}

} // namespace
} // namespace mase::gguf
