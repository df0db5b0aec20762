// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The readers on the model that ships with the project, against what Hugging Face recorded of it.
#include "mase/frontend/hf_config.h"
#include "mase/frontend/json.h"
#include "mase/frontend/llama_weights.h"
#include "mase/frontend/text_windows.h"
#include "mase/support/mapped_file.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

const std::filesystem::path model = std::filesystem::path(MASE_SOURCE_DIR) / "models/llama-stories-1m";

Json golden() { return Json::parse(readTextFile(model / "golden.json")); }

TEST(StoryModel, ConfigIsRead) {
  LlamaConfig config = readLlamaConfig(model);
  EXPECT_EQ(config.vocabSize, 1024);
  EXPECT_EQ(config.hiddenSize, 128);
  EXPECT_EQ(config.intermediateSize, 352);
  EXPECT_EQ(config.layers, 6);
  EXPECT_EQ(config.heads, 4);
  EXPECT_EQ(config.kvHeads, 2);
  EXPECT_EQ(config.headDim, 32);
  EXPECT_EQ(config.maxPositions, 512);
  EXPECT_EQ(config.rmsNormEpsilon, 1e-5);
  EXPECT_EQ(config.ropeTheta, 10000);
  EXPECT_TRUE(config.tieWordEmbeddings);
  EXPECT_FALSE(config.attentionBias);
  EXPECT_FALSE(config.mlpBias);
  EXPECT_EQ(config.bosId, 1);
  EXPECT_THAT(config.eosIds, testing::ElementsAre(2));
  EXPECT_EQ(config.dtype, "bfloat16");
}

TEST(StoryModel, WeightsFitTheConfig) {
  TensorTable table = openSafetensors(model);
  checkLlamaTensors(readLlamaConfig(model), table);
  int64_t parameters = 0;
  for (const Tensor &tensor : table.tensors())
    parameters += tensor.elements;
  EXPECT_EQ(parameters, golden()["parameters"].get<int64_t>());

  const Tensor *norm = table.find("model.norm.weight");
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

TEST(StoryModel, GoldenPromptsAndTexts) {
  Tokenizer tokenizer = Tokenizer::read(model);
  Json recorded = golden();
  ASSERT_GE(recorded["cases"].size(), 3u);
  for (const Json &example : recorded["cases"]) {
    EXPECT_EQ(tokenizer.encode(example["prompt"].get<std::string>()),
              example["prompt_ids"].get<std::vector<int32_t>>());
    auto ids = example["greedy_ids"].get<std::vector<int32_t>>();
    EXPECT_EQ(tokenizer.decode(ids), example["greedy_text"].get<std::string>());
  }
}

TEST(StoryModel, EvaluationTextInWindows) {
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

} // namespace
} // namespace mase
