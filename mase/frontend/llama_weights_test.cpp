// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/llama_weights.h"

#include "mase/frontend/json.h"
#include "mase/frontend/refusals.h"
#include "mase/support/output.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::HasSubstr;

struct LlamaWeights : testing::Test {
  ScratchFolder folder{"llama-weights"};
  LlamaConfig config = [] {
    LlamaConfig c;
    c.vocabSize = 10, c.hiddenSize = 8, c.intermediateSize = 12, c.layers = 2, c.heads = 2, c.kvHeads = 1,
    c.headDim = 6;
    return c;
  }();

  /// A checkpoint of zeros with these tensors, each of 16-bit elements.
  TensorTable checkpoint(const std::vector<ExpectedTensor> &tensors, const std::string &dtype = "BF16") {
    Json header = Json::object();
    int64_t offset = 0;
    for (const ExpectedTensor &tensor : tensors) {
      int64_t bytes = 2;
      for (int64_t size : tensor.shape)
        bytes *= size;
      header[tensor.name] = {{"dtype", dtype}, {"shape", tensor.shape}, {"data_offsets", {offset, offset + bytes}}};
      offset += bytes;
    }
    data.resize(static_cast<size_t>(offset), '\0');
    writeFile(folder / "model.safetensors", safetensorsOf(header.dump(), data));
    return openSafetensors(folder.path());
  }
  std::string refusal(const std::vector<ExpectedTensor> &tensors, const std::string &dtype = "BF16") {
    return refusalOf([&] { checkLlamaTensors(config, checkpoint(tensors, dtype)); });
  }
  std::string data;
};

TEST_F(LlamaWeights, CountsByConfig) {
  EXPECT_EQ(llamaTensors(config).size(), 3u + 2 * 9);
  config.tieWordEmbeddings = true;
  EXPECT_EQ(llamaTensors(config).size(), 2u + 2 * 9);
  config.attentionBias = config.mlpBias = true;
  EXPECT_EQ(llamaTensors(config).size(), 2u + 2 * 16);
  EXPECT_EQ(refusal(llamaTensors(config)), "accepted");
}

TEST_F(LlamaWeights, RefusesAnythingElse) {
  const std::vector<ExpectedTensor> whole = llamaTensors(config);
  EXPECT_EQ(refusal(whole), "accepted");
  EXPECT_EQ(refusal({}), "the model's weights: there is no tensor at all");
  for (size_t i = 0; i < whole.size(); ++i) {
    auto tensors = whole;
    tensors.erase(tensors.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_THAT(refusal(tensors),
                HasSubstr(fmt::format("tensor {} ({}) is missing", whole[i].name, shapeText(whole[i].shape))));
    tensors = whole;
    tensors[i].shape[0] += 1;
    EXPECT_THAT(refusal(tensors), HasSubstr(fmt::format("tensor {} is {}, but the config needs {}", whole[i].name,
                                                        shapeText(tensors[i].shape), shapeText(whole[i].shape))));
  }
  EXPECT_THAT(refusal(whole, "I16"),
              HasSubstr("weight model.embed_tokens.weight has dtype I16 (read: F32, F16, BF16)"));
  auto more = whole;
  more.push_back({"model.layers.2.mlp.up_proj.weight", {12, 8}});
  EXPECT_THAT(
      refusal(more),
      HasSubstr(
          "tensor \"model.layers.2.mlp.up_proj.weight\" (12x8) has no place in the model that the config describes"));
}

TEST_F(LlamaWeights, AcceptsBuffersAndCopies) {
  auto tensors = llamaTensors(config);
  tensors.push_back({"model.layers.0.self_attn.rotary_emb.inv_freq", {3}});
  EXPECT_EQ(refusal(tensors), "accepted");

  config.tieWordEmbeddings = true; // the file still has lm_head.weight
  EXPECT_EQ(refusal(tensors), "accepted");
  data.front() = 1; // the embedding comes first: its copy is one no longer
  EXPECT_THAT(refusal(tensors), HasSubstr("tensor \"lm_head.weight\" (10x8) has no place"));
}

} // namespace
} // namespace mase
