// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The readers on the models that ship with the project, against what Hugging Face recorded of them.
#include "mase/frontend/architectures/llama/llama_config.h"
#include "mase/frontend/architectures/opt/opt_config.h"
#include "mase/frontend/json.h"
#include "mase/frontend/safetensors.h"
#include "mase/frontend/text_windows.h"
#include "mase/support/mapped_file.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

const std::filesystem::path models = std::filesystem::path(MASE_SOURCE_DIR) / "models";

Json readConfig(const char *model) { return Json::parse(readTextFile(models / model / "config.json")); }

TEST(StoryModelConfig, Llama) {
  const Json json = readConfig("llama-stories-1m");
  LlamaConfig config = readLlamaConfig(JsonObject("config.json", json));
  EXPECT_EQ(config.vocabSize, 1024);
  EXPECT_EQ(config.hiddenSize, 128);
  EXPECT_EQ(config.intermediateSize, 352);
  EXPECT_EQ(config.layers, 6);
  EXPECT_EQ(config.heads, 4);
  EXPECT_EQ(config.kvHeads, 2);
  EXPECT_EQ(config.headDim, 32);
  EXPECT_EQ(config.maxPositions, 512);
  EXPECT_EQ(config.rmsNormEpsilon, 1e-5);
  EXPECT_EQ(config.rope.theta, 10000);
  EXPECT_TRUE(config.tieWordEmbeddings);
  EXPECT_FALSE(config.attentionBias);
  EXPECT_FALSE(config.mlpBias);
  EXPECT_EQ(config.bosId, 1);
  EXPECT_THAT(config.eosIds, testing::ElementsAre(2));
  EXPECT_EQ(config.dtype, "bfloat16");
}

TEST(StoryModelConfig, Opt) {
  const Json json = readConfig("opt-stories-1m");
  OptConfig config = readOptConfig(JsonObject("config.json", json));
  EXPECT_EQ(config.vocabSize, 1024);
  EXPECT_EQ(config.hiddenSize, 128);
  EXPECT_EQ(config.embeddingSize, 128);
  EXPECT_EQ(config.ffnSize, 512);
  EXPECT_EQ(config.layers, 6);
  EXPECT_EQ(config.heads, 4);
  EXPECT_EQ(config.maxPositions, 512);
  EXPECT_EQ(config.activation, "relu");
  EXPECT_TRUE(config.bias);
  EXPECT_TRUE(config.normBefore);
  EXPECT_TRUE(config.finalNorm);
  EXPECT_TRUE(config.tieWordEmbeddings);
  EXPECT_EQ(config.bosId, 1);
  EXPECT_THAT(config.eosIds, testing::ElementsAre(2));
  EXPECT_EQ(config.dtype, "bfloat16");
}

struct Story {
  const char *folder, *norm; // a norm's gains
};

class StoryModel : public testing::TestWithParam<Story> {
protected:
  std::filesystem::path model = models / GetParam().folder;
  Json golden = Json::parse(readTextFile(model / "golden.json"));
};

TEST_P(StoryModel, Weights) {
  TensorTable table = openSafetensors(model);
  int64_t parameters = 0;
  for (const Tensor &tensor : table.tensors())
    parameters += tensor.elements;
  EXPECT_EQ(parameters, golden["parameters"].get<int64_t>());

  const Tensor *norm = table.find(GetParam().norm);
  ASSERT_TRUE(norm);
  EXPECT_EQ(shapeText(norm->shape), "128");
  std::vector<float> values(static_cast<size_t>(norm->elements));
  toFloat(*norm, values.data());
  double sum = 0;
  for (float value : values)
    sum += value;
  EXPECT_GT(sum / 128, 0.1); // a trained norm's gains are about 1
  EXPECT_LT(sum / 128, 10);
}

TEST_P(StoryModel, GoldenPromptsAndTexts) {
  Tokenizer tokenizer = Tokenizer::read(model);
  ASSERT_GE(golden["cases"].size(), 3u);
  for (const Json &example : golden["cases"]) {
    EXPECT_EQ(tokenizer.encode(example["prompt"].get<std::string>()),
              example["prompt_ids"].get<std::vector<int32_t>>());
    auto ids = example["greedy_ids"].get<std::vector<int32_t>>();
    EXPECT_EQ(tokenizer.decode(ids), example["greedy_text"].get<std::string>());
  }
}

TEST_P(StoryModel, EvaluationTextInWindows) {
  Tokenizer tokenizer = Tokenizer::read(model);
  std::string text = readTextFile(model / "eval.txt");
  std::vector<int32_t> ids = tokenizer.encode(text);
  EXPECT_EQ(ids.front(), 1);
  EXPECT_EQ(tokenizer.decode(ids), text);

  TextWindows windows = readTextWindows(tokenizer, model / "eval.txt", 512);
  EXPECT_EQ(windows.count(), static_cast<int64_t>((ids.size() - 1) / 512));
  int64_t all = windows.count() * 512;
  std::span<const int32_t> targets = std::span(ids).subspan(1, static_cast<size_t>(all));
  EXPECT_EQ(windows.targetBytes(), static_cast<int64_t>(tokenizer.decode(targets).size()));
}

INSTANTIATE_TEST_SUITE_P(All, StoryModel,
                         testing::Values(Story{"llama-stories-1m", "model.norm.weight"},
                                         Story{"opt-stories-1m", "model.decoder.final_layer_norm.weight"}),
                         [](const auto &info) { return info.index == 0 ? "Llama" : "Opt"; });

} // namespace
} // namespace mase
