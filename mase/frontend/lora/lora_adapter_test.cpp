// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/lora/lora_adapter.h"

#include "mase/frontend/model_files.h"
#include "mase/frontend/refusals.h"
#include "mase/frontend/safetensors_writer.h"
#include "mase/support/output.h"
#include "mase/support/random.h"

#include <cmath>
#include <gmock/gmock.h>
#include <map>

namespace mase {
namespace {
using ::testing::HasSubstr;

const std::filesystem::path story = std::filesystem::path(MASE_SOURCE_DIR) / "models/llama-stories-1m";
constexpr const char *query = "model.layers.0.self_attn.q_proj";
constexpr int64_t rank = 4;

struct Part {
  std::vector<int64_t> shape;
  std::vector<float> values;
};

class LoraAdapterTest : public ::testing::Test {
protected:
  ScratchFolder folder{"lora"};
  Json config = {{"peft_type", "LORA"}, {"task_type", "CAUSAL_LM"}, {"base_model_name_or_path", story.string()},
                 {"r", rank},           {"lora_alpha", 6},          {"use_rslora", false}};
  std::map<std::string, Part> parts;

  LoraAdapterTest() {
    const TensorTable base = openSafetensors(story);
    const std::vector<int64_t> shape = base.find(std::string(query) + ".weight")->shape;
    const std::string name = std::string("base_model.model.") + query;
    Random random(5);
    parts[name + ".lora_A.weight"] = randomPart({rank, shape[1]}, random);
    parts[name + ".lora_B.weight"] = randomPart({shape[0], rank}, random);
  }
  static Part randomPart(std::vector<int64_t> shape, Random &random) {
    Part part{std::move(shape), {}};
    for (int64_t i = 0; i < part.shape[0] * part.shape[1]; ++i)
      part.values.push_back(static_cast<float>(random.uniform() - 0.5));
    return part;
  }
  std::filesystem::path write() const {
    writeFile(folder / "adapter/adapter_config.json", config.dump());
    std::vector<TensorEntry> entries;
    for (const auto &[name, part] : parts)
      entries.push_back({name, "F32", part.shape, static_cast<int64_t>(part.values.size() * sizeof(float))});
    SafetensorsWriter writer(folder / "adapter/adapter_model.safetensors", {}, entries);
    for (const auto &[name, part] : parts)
      writer.write(name, std::as_bytes(std::span(part.values)));
    writer.finish();
    return folder / "adapter";
  }
  std::string refusal() const {
    const std::filesystem::path adapter = write();
    return refusalOf([&] {
      const auto files = ModelFiles::open(adapter);
      files->configText();
      files->tensors();
    });
  }
  std::string refusalWith(const Json &patch) const {
    write();
    Json patched = config;
    patched.merge_patch(patch);
    writeFile(folder / "adapter/adapter_config.json", patched.dump());
    return refusalOf([&] { ModelFiles::open(folder / "adapter")->configText(); });
  }
};

std::vector<float> floatsOf(const TensorTable &table, const std::string &name) {
  const Tensor *tensor = table.find(name);
  std::vector<float> values(static_cast<size_t>(tensor->elements));
  toFloat(*tensor, values.data());
  return values;
}

TEST_F(LoraAdapterTest, AddsItsProductToTheBase) {
  for (const bool stabilised : {false, true}) {
    config["use_rslora"] = stabilised;
    const TensorTable merged = ModelFiles::open(write())->tensors(), base = openSafetensors(story);
    const double scale = stabilised ? 3 : 1.5; // 6 / sqrt(4), 6 / 4
    EXPECT_EQ(merged.tensors().size(), base.tensors().size());
    for (const Tensor &tensor : base.tensors()) {
      const std::vector<float> expected = floatsOf(base, tensor.name), found = floatsOf(merged, tensor.name);
      if (tensor.name != std::string(query) + ".weight") {
        EXPECT_EQ(found, expected) << tensor.name;
        continue;
      }
      const Part &a = parts.at(std::string("base_model.model.") + query + ".lora_A.weight");
      const Part &b = parts.at(std::string("base_model.model.") + query + ".lora_B.weight");
      const int64_t cols = tensor.shape[1];
      for (int64_t i = 0; i < tensor.elements; ++i) {
        double sum = 0;
        for (int64_t k = 0; k < rank; ++k)
          sum += double{b.values[static_cast<size_t>(i / cols * rank + k)]} *
                 a.values[static_cast<size_t>(k * cols + i % cols)];
        const auto at = static_cast<size_t>(i);
        ASSERT_NEAR(found[at], expected[at] + scale * sum, 1e-5) << i;
      }
    }
  }
}

TEST_F(LoraAdapterTest, AClassifiersHeadJoinsIt) {
  config["task_type"] = "SEQ_CLS";
  Random random(9);
  parts["base_model.model.score.weight"] = randomPart({3, 128}, random);
  const std::filesystem::path adapter = write();
  const auto files = ModelFiles::open(adapter.string() + "@" + story.string());
  const Json json = parseJson("config.json", files->configText());
  EXPECT_EQ(json["architectures"], Json::array({"LlamaForSequenceClassification"}));
  EXPECT_EQ(json["num_labels"], 3);
  const TensorTable merged = files->tensors();
  EXPECT_EQ(merged.find("lm_head.weight"), nullptr);
  EXPECT_EQ(floatsOf(merged, "score.weight"), parts["base_model.model.score.weight"].values);
  EXPECT_EQ(files->tokenizer().vocabularySize(), Tokenizer::read(story).vocabularySize());
}

TEST_F(LoraAdapterTest, WhatIsNotImplementedIsNamed) {
  EXPECT_THAT(refusalWith({{"peft_type", "IA3"}}), HasSubstr("peft_type \"IA3\" is not implemented (LORA)"));
  EXPECT_THAT(refusalWith({{"use_dora", true}}), HasSubstr("use_dora is \"true\", which is not implemented (false)"));
  EXPECT_THAT(refusalWith({{"bias", "all"}}),
              HasSubstr("bias is \"\\\"all\\\"\", which is not implemented (\"none\")"));
  EXPECT_THAT(refusalWith({{"task_type", "SEQ_2_SEQ_LM"}}),
              HasSubstr("task_type \"SEQ_2_SEQ_LM\" is not implemented (CAUSAL_LM, SEQ_CLS)"));
  EXPECT_THAT(refusalWith({{"task_type", "SEQ_CLS"}}), HasSubstr("is of task SEQ_CLS, but saves no score.weight"));
  EXPECT_THAT(refusalWith({{"base_model_name_or_path", "someone/model"}}),
              HasSubstr("its base \"someone/model\" is no path here (say where it is: "));
}

TEST_F(LoraAdapterTest, TensorsThatDoNotFitAreNamed) {
  const std::string name = std::string("base_model.model.") + query;
  const Part b = parts[name + ".lora_B.weight"];
  parts[name + ".lora_B.weight"] = {{b.shape[0] / 2, rank * 2}, b.values};
  EXPECT_THAT(refusal(), HasSubstr(", no product for model.layers.0.self_attn.q_proj.weight ("));
  parts.erase(name + ".lora_B.weight");
  EXPECT_THAT(refusal(), HasSubstr("has only one of lora_A and lora_B of \"model.layers.0.self_attn.q_proj.weight\""));
  parts[name + ".lora_B.weight"] = b;
  parts["base_model.model.model.layers.99.mlp.up_proj.lora_A.weight"] = {{1, 1}, {1}};
  parts["base_model.model.model.layers.99.mlp.up_proj.lora_B.weight"] = {{1, 1}, {1}};
  EXPECT_THAT(refusal(), HasSubstr("the base has no tensor \"model.layers.99.mlp.up_proj.weight\""));
  parts["other.weight"] = {{1, 1}, {1}};
  EXPECT_THAT(refusal(), HasSubstr("is no part of a LoRA adapter (they begin with base_model.model.)"));
}

} // namespace
} // namespace mase
