// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/model_tensors.h"

#include "mase/frontend/architectures/built_model.h"
#include "mase/frontend/refusals.h"
#include "mase/support/output.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::HasSubstr;

struct NamedTensor {
  std::string name;
  std::vector<int64_t> shape;
};
using Tensors = std::vector<NamedTensor>;

class ModelTensors : public BuiltModel {
protected:
  ScratchFolder folder{"model-tensors"};

  /// Builds a small model; returns its tensors in the order of their use.
  Tensors model(const std::string &patch = "{}", bool opt = false) {
    Json sizes = Json::parse(R"({"vocab_size": 10, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
      "intermediate_size": 12, "num_key_value_heads": 1, "head_dim": 6, "tie_word_embeddings": false})");
    if (opt)
      sizes = Json::parse(R"({"vocab_size": 10, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
        "ffn_dim": 12, "word_embed_proj_dim": 4, "max_position_embeddings": 6})");
    sizes.merge_patch(Json::parse(patch));
    derived = opt ? std::vector<std::string>{} : std::vector<std::string>{".rotary_emb.inv_freq"};
    Tensors tensors;
    build(opt ? "opt-stories-1m" : "llama-stories-1m", sizes.dump().c_str()).walk([&](ir::WeightOp weight) {
      tensors.push_back({weight.getName().str(), weight.getType().getShape().vec()});
    });
    return tensors;
  }

  /// A checkpoint of zeros with these tensors, each of 16-bit elements.
  TensorTable checkpoint(const Tensors &tensors, const std::string &dtype = "BF16") {
    Json header = Json::object();
    int64_t offset = 0;
    for (const NamedTensor &tensor : tensors) {
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
  std::string refusal(const Tensors &tensors, const std::string &dtype = "BF16") {
    return refusalOf([&] { checkTensors(*module_, derived, checkpoint(tensors, dtype)); });
  }
  std::string data;
  std::vector<std::string> derived;
};

TEST_F(ModelTensors, CountsByConfig) {
  EXPECT_EQ(model().size(), 3u + 2 * 9);
  EXPECT_EQ(model(R"({"tie_word_embeddings": true})").size(), 2u + 2 * 9);
  const Tensors whole = model(R"({"tie_word_embeddings": true, "attention_bias": true, "mlp_bias": true})");
  EXPECT_EQ(whole.size(), 2u + 2 * 16);
  EXPECT_EQ(refusal(whole), "accepted");
  const Tensors opt = model("{}", true);
  EXPECT_EQ(opt.size(), 2u + 2 * 16 + 2 + 2); // tables; layers; final norm; projections
  EXPECT_EQ(refusal(opt), "accepted");
}

TEST_F(ModelTensors, RefusesAnythingElse) {
  for (const bool opt : {false, true}) {
    const Tensors whole = model("{}", opt);
    EXPECT_EQ(refusal(whole), "accepted");
    EXPECT_EQ(refusal({}), "the model's weights: there is no tensor at all");
    for (size_t i = 0; i < whole.size(); ++i) {
      Tensors tensors = whole;
      tensors.erase(tensors.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_THAT(refusal(tensors),
                  HasSubstr(fmt::format("tensor {} ({}) is missing", whole[i].name, shapeText(whole[i].shape))));
      tensors = whole;
      tensors[i].shape[0] += 1;
      EXPECT_THAT(refusal(tensors), HasSubstr(fmt::format("tensor {} is {}, but the config needs {}", whole[i].name,
                                                          shapeText(tensors[i].shape), shapeText(whole[i].shape))));
    }
    EXPECT_THAT(refusal(whole, "I16"),
                HasSubstr(fmt::format("weight {} has dtype I16 (read: F32, F16, BF16)", whole[0].name)));
  }
  Tensors more = model();
  more.push_back({"model.layers.2.mlp.up_proj.weight", {12, 8}});
  EXPECT_THAT(
      refusal(more),
      HasSubstr(
          "tensor \"model.layers.2.mlp.up_proj.weight\" (12x8) has no place in the model that the config describes"));
}

TEST_F(ModelTensors, AcceptsBuffersAndCopies) {
  Tensors tensors = model();
  tensors.push_back({"model.layers.0.self_attn.rotary_emb.inv_freq", {3}});
  EXPECT_EQ(refusal(tensors), "accepted");
  model("{}", true); // has no rotary positions
  EXPECT_THAT(refusal(tensors), HasSubstr("is missing"));

  tensors = model(R"({"tie_word_embeddings": true})");
  tensors.push_back({"lm_head.weight", {10, 8}}); // the file still has it
  EXPECT_EQ(refusal(tensors), "accepted");
  tensors.back().shape = {8, 10};
  EXPECT_THAT(refusal(tensors), HasSubstr("tensor \"lm_head.weight\" (8x10) has no place"));
  tensors.back().shape = {10, 8};
  data.front() = 1; // the embedding comes first: its copy is one no longer
  EXPECT_THAT(refusal(tensors), HasSubstr("tensor \"lm_head.weight\" (10x8) has no place"));

  tensors = model("{}", true);
  tensors.push_back({"model.layers.0.self_attn.rotary_emb.inv_freq", {3}});
  EXPECT_THAT(refusal(tensors), HasSubstr("has no place"));
}

} // namespace
} // namespace mase
