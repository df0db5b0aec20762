// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/opt/opt_config.h"

#include "mase/frontend/refusals.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

/// As the models published with the paper have it.
Json published() {
  return Json::parse(R"({"activation_dropout": 0.0, "activation_function": "relu", "architectures": ["OPTForCausalLM"],
    "bos_token_id": 2, "do_layer_norm_before": true, "dropout": 0.1, "eos_token_id": 2, "ffn_dim": 96,
    "hidden_size": 32, "init_std": 0.02, "layerdrop": 0.0, "max_position_embeddings": 48, "model_type": "opt",
    "num_attention_heads": 4, "num_hidden_layers": 3, "pad_token_id": 1, "prefix": "</s>", "torch_dtype": "float16",
    "use_cache": true, "vocab_size": 100, "word_embed_proj_dim": 32})");
}

OptConfig parse(const Json &json) { return readOptConfig(JsonObject("config.json", json)); }

/// What is said when `patch` (a JSON merge patch: null removes) is laid over that config.
std::string refusal(const char *patch) {
  Json json = published();
  json.merge_patch(Json::parse(patch));
  return refusalOf([&] { parse(json); });
}

TEST(OptConfig, PublishedAndDefaults) {
  OptConfig config = parse(published());
  EXPECT_EQ(config.vocabSize, 100);
  EXPECT_EQ(config.maxPositions, 48);
  EXPECT_EQ(config.hiddenSize, 32);
  EXPECT_EQ(config.embeddingSize, 32);
  EXPECT_EQ(config.ffnSize, 96);
  EXPECT_EQ(config.layers, 3);
  EXPECT_EQ(config.heads, 4);
  EXPECT_EQ(config.activation, "relu");
  EXPECT_TRUE(config.bias);
  EXPECT_TRUE(config.normBefore);
  EXPECT_TRUE(config.finalNorm);
  EXPECT_TRUE(config.tieWordEmbeddings);
  EXPECT_EQ(config.bosId, 2);
  EXPECT_THAT(config.eosIds, ElementsAre(2));
  EXPECT_EQ(config.dtype, "float16");

  Json bare = published();
  for (const char *key : {"word_embed_proj_dim", "do_layer_norm_before", "torch_dtype", "model_type"})
    bare.erase(key);
  config = parse(bare);
  EXPECT_EQ(config.embeddingSize, 32);
  EXPECT_TRUE(config.normBefore);
}

TEST(OptConfig, OtherShapes) {
  Json json = published();
  json.merge_patch(Json::parse(R"({"do_layer_norm_before": false, "word_embed_proj_dim": 16, "enable_bias": false,
    "tie_word_embeddings": false})"));
  OptConfig config = parse(json);
  EXPECT_EQ(config.embeddingSize, 16);
  EXPECT_FALSE(config.normBefore);
  EXPECT_FALSE(config.finalNorm);
  EXPECT_FALSE(config.bias);
  EXPECT_FALSE(config.tieWordEmbeddings);
  json = published();
  json["_remove_final_layer_norm"] = true;
  EXPECT_FALSE(parse(json).finalNorm);
}

TEST(OptConfig, NeutralValuesAreAccepted) {
  for (const char *patch : {R"({"layer_norm_elementwise_affine": true})", R"({"position_embedding_type": "absolute"})",
                            R"({"rope_scaling": null})", R"({"quantization_config": null})", R"({"dropout": 0.5})"})
    EXPECT_EQ(refusal(patch), "accepted") << patch;
}

TEST(OptConfig, RefusesWhatItDoesNotImplement) {
  EXPECT_THAT(refusal(R"({"activation_function": "gelu_fast"})"),
              HasSubstr("config.json: activation_function \"gelu_fast\" is not implemented (implemented: gelu, "
                        "gelu_new, gelu_pytorch_tanh, relu, silu)"));
  EXPECT_THAT(refusal(R"({"activation_function": null})"), HasSubstr("activation_function is missing"));
  EXPECT_THAT(refusal(R"({"model_type": "galactica"})"), HasSubstr(R"((implemented: "opt"))"));
  EXPECT_THAT(refusal(R"({"layer_norm_elementwise_affine": false})"),
              HasSubstr("layer_norm_elementwise_affine is \"false\", which is not implemented (implemented: true)"));
  EXPECT_THAT(refusal(R"({"position_embedding_type": "relative_key"})"), HasSubstr(R"((implemented: "absolute"))"));
  EXPECT_THAT(refusal(R"({"rope_scaling": {"rope_type": "linear", "factor": 2}})"), HasSubstr("rope_scaling is "));
  EXPECT_THAT(refusal(R"({"quantization_config": {"bits": 4}})"), HasSubstr("quantization_config is"));
  EXPECT_THAT(refusal(R"({"num_key_value_heads": 2})"), HasSubstr("num_key_value_heads is \"2\""));
}

TEST(OptConfig, RefusesImpossibleSizes) {
  for (const char *key : {"vocab_size", "hidden_size", "ffn_dim", "num_hidden_layers", "num_attention_heads",
                          "max_position_embeddings"}) {
    auto with = [&](const char *value) { return refusal(fmt::format(R"({{"{}": {}}})", key, value).c_str()); };
    EXPECT_THAT(with("null"), HasSubstr(fmt::format("{} is missing", key)));
    EXPECT_THAT(with("0"), HasSubstr(fmt::format("{} is 0, out of range (1 to ", key)));
    EXPECT_THAT(with("99999999999"), HasSubstr("out of range"));
    EXPECT_THAT(with("\"8\""), HasSubstr("not an integer"));
  }
  EXPECT_THAT(refusal(R"({"word_embed_proj_dim": 0})"), HasSubstr("word_embed_proj_dim is 0, out of range"));
  EXPECT_THAT(refusal(R"({"num_attention_heads": 5})"),
              HasSubstr("hidden_size 32 is not a multiple of num_attention_heads 5"));
  EXPECT_THAT(refusal(R"({"enable_bias": 1})"), HasSubstr("enable_bias is \"1\", not true or false"));
  EXPECT_THAT(refusal(R"({"eos_token_id": 100})"), HasSubstr("eos_token_id \"100\" is not a token id (0 to 99)"));
}

} // namespace
} // namespace mase
