// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/llama/llama_config.h"

#include "mase/frontend/refusals.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// As models published before transformers 5 have it.
Json older() {
  return Json::parse(R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
    "vocab_size": 100, "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 3, "num_attention_heads": 8,
    "max_position_embeddings": 256, "rms_norm_eps": 1e-6, "rope_theta": 500000, "rope_scaling": null,
    "bos_token_id": 5, "eos_token_id": [6, 7], "torch_dtype": "float16", "use_cache": true, "temperature": 0.7})");
}

LlamaConfig parse(const Json &json) { return readLlamaConfig(JsonObject("config.json", json)); }

/// What is said when `patch` (a JSON merge patch: null removes) is laid over that config.
std::string refusal(const char *patch) {
  Json json = older();
  json.merge_patch(Json::parse(patch));
  return refusalOf([&] { parse(json); });
}

TEST(LlamaConfig, OlderGenerationAndDefaults) {
  LlamaConfig config = parse(older());
  EXPECT_EQ(config.heads, 8);
  EXPECT_EQ(config.kvHeads, 8);
  EXPECT_EQ(config.headDim, 8);
  EXPECT_EQ(config.rope.theta, 500000);
  EXPECT_EQ(config.dtype, "float16");
  EXPECT_EQ(config.bosId, 5);
  EXPECT_THAT(config.eosIds, ElementsAre(6, 7));
  EXPECT_FALSE(config.tieWordEmbeddings);
  EXPECT_FALSE(config.attentionBias);

  Json bare = older();
  for (const char *key : {"rope_theta", "rope_scaling", "bos_token_id", "eos_token_id", "torch_dtype", "model_type"})
    bare.erase(key);
  config = parse(bare);
  EXPECT_EQ(config.rope.theta, 10000);
  EXPECT_EQ(config.bosId, std::nullopt);
  EXPECT_THAT(config.eosIds, IsEmpty());
  EXPECT_EQ(config.dtype, "");
}

TEST(LlamaConfig, NeutralValuesAreAccepted) {
  for (const char *patch :
       {R"({"rope_scaling": {"type": "default"}})", R"({"rope_scaling": {"rope_type": "default", "factor": 1.0}})",
        R"({"rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}})", R"({"sliding_window": null})",
        R"({"partial_rotary_factor": 1})", R"({"layer_types": ["full_attention", "full_attention", "full_attention"]})",
        R"({"head_dim": 12})", R"({"rope_interleaved": false})", R"({"dtype": "float16"})",
        R"({"hidden_act": "relu"})"})
    EXPECT_EQ(refusal(patch), "accepted") << patch;
}

TEST(LlamaConfig, RefusesOtherModels) {
  EXPECT_THAT(refusal(R"({"model_type": "mistral"})"),
              HasSubstr(R"(model_type is "\"mistral\"", which is not implemented (implemented: "llama"))"));
  EXPECT_THAT(refusal(R"({"hidden_act": "quick_gelu"})"),
              HasSubstr("hidden_act \"quick_gelu\" is not implemented (implemented: gelu, gelu_new, gelu_pytorch_tanh, "
                        "relu, silu)"));
  EXPECT_THAT(refusal(R"({"sliding_window": 4096})"),
              HasSubstr("sliding_window is \"4096\", which is not implemented (implemented: absent)"));
  EXPECT_THAT(refusal(R"({"quantization_config": {"bits": 4}})"), HasSubstr("quantization_config is"));
  EXPECT_THAT(refusal(R"({"partial_rotary_factor": 0.5})"),
              HasSubstr("partial_rotary_factor is 0.5, which is not implemented here (implemented: 1.0)"));
  EXPECT_THAT(
      refusal(R"({"layer_types": ["full_attention", "sliding_attention", "full_attention"]})"),
      HasSubstr(
          R"(layer_types holds "\"sliding_attention\"", which is not implemented (implemented: full_attention))"));
}

TEST(LlamaConfig, ReadsScaledRotations) {
  Json json = older();
  json["rope_scaling"] = Json::parse(R"({"type": "linear", "factor": 2.0})");
  EXPECT_EQ(parse(json).rope, (RopeAngles{500000, 0, 2, std::nullopt}));
  // Both generations say it their own way.
  const RopeAngles scaled = {500000, 0, 8, RopeAngles::Llama3{1, 4, 8192}};
  json["rope_scaling"] = Json::parse(R"({"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
    "high_freq_factor": 4.0, "original_max_position_embeddings": 8192})");
  EXPECT_EQ(parse(json).rope, scaled);
  json["rope_parameters"] = json["rope_scaling"];
  json["rope_parameters"]["rope_theta"] = 500000;
  EXPECT_EQ(parse(json).rope, scaled);
  json.erase("rope_scaling");
  json.erase("rope_theta");
  EXPECT_EQ(parse(json).rope, scaled);
}

TEST(LlamaConfig, RefusesOtherRotations) {
  EXPECT_THAT(refusal(R"({"rope_scaling": {"type": "dynamic", "factor": 2.0}})"),
              HasSubstr("rope_scaling.type \"dynamic\" is not implemented (implemented: default, linear, llama3)"));
  EXPECT_THAT(refusal(R"({"rope_parameters": {"rope_type": "yarn"}})"),
              HasSubstr("rope_parameters.rope_type \"yarn\" is not implemented"));
  EXPECT_THAT(refusal(R"({"rope_scaling": {"factor": 2.0}})"),
              HasSubstr("rope_scaling.factor is not implemented (implemented: what rope_type default has)"));
  EXPECT_THAT(refusal(R"({"rope_scaling": {"type": "linear", "factor": 2.0, "beta_fast": 32}})"),
              HasSubstr("rope_scaling.beta_fast is not implemented (implemented: what rope_type linear has)"));
  EXPECT_THAT(refusal(R"({"rope_scaling": {"type": "linear"}})"), HasSubstr("rope_scaling.factor is missing"));
  EXPECT_THAT(refusal(R"({"rope_scaling": {"type": "linear", "factor": -2}})"),
              HasSubstr("rope_scaling.factor is -2, not positive"));
  const char *llama3 = R"({{"rope_scaling": {{"rope_type": "llama3", "factor": 8, "low_freq_factor": {},
    "high_freq_factor": 4, "original_max_position_embeddings": {}}}, "original_max_position_embeddings": {}}})";
  EXPECT_EQ(refusal(fmt::format(fmt::runtime(llama3), 1, 8192, 8192).c_str()), "accepted");
  EXPECT_THAT(refusal(fmt::format(fmt::runtime(llama3), 4, 8192, "null").c_str()),
              HasSubstr("high_freq_factor 4 is not above low_freq_factor 4"));
  EXPECT_THAT(refusal(fmt::format(fmt::runtime(llama3), 1, "null", 8192).c_str()),
              HasSubstr("rope_scaling.original_max_position_embeddings is missing"));
  EXPECT_THAT(refusal(fmt::format(fmt::runtime(llama3), 1, 8192, 4096).c_str()),
              HasSubstr("says both 4096 and 8192 for original_max_position_embeddings"));
  EXPECT_THAT(
      refusal(R"({"rope_scaling": {"type": "linear", "factor": 2}, "rope_parameters": {"rope_type": "default"}})"),
      HasSubstr("rope_parameters and rope_scaling differ"));
  EXPECT_THAT(refusal(R"({"rope_scaling": 2})"), HasSubstr("rope_scaling is not an object"));
  EXPECT_THAT(refusal(R"({"rope_theta": 0})"), HasSubstr("rope_theta is 0, not positive"));
  EXPECT_THAT(refusal(R"({"rope_parameters": {"rope_theta": 10000}})"),
              HasSubstr("says both 500000 and 10000 for rope_theta"));
  EXPECT_THAT(refusal(R"({"layer_types": ["full_attention"]})"), HasSubstr("layer_types has 1 entries for 3 layers"));
}

TEST(LlamaConfig, RefusesImpossibleSizes) {
  for (const char *key : {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
                          "max_position_embeddings"}) {
    auto with = [&](const char *value) { return refusal(fmt::format(R"({{"{}": {}}})", key, value).c_str()); };
    EXPECT_THAT(with("null"), HasSubstr(fmt::format("{} is missing", key)));
    EXPECT_THAT(with("0"), HasSubstr(fmt::format("{} is 0, out of range (1 to ", key)));
    EXPECT_THAT(with("-8"), HasSubstr("out of range"));
    EXPECT_THAT(with("99999999999"), HasSubstr("out of range"));
    EXPECT_THAT(with("8.0"), HasSubstr("not an integer"));
    EXPECT_THAT(with("\"8\""), HasSubstr("not an integer"));
  }
  EXPECT_THAT(refusal(R"({"num_key_value_heads": 3})"),
              HasSubstr("num_attention_heads 8 is not a multiple of num_key_value_heads 3"));
  EXPECT_THAT(refusal(R"({"hidden_size": 66})"),
              HasSubstr("hidden_size 66 is not a multiple of num_attention_heads 8 (head_dim would say otherwise)"));
  EXPECT_THAT(refusal(R"({"head_dim": 7})"), HasSubstr("head_dim 7 is odd (rotary positions turn pairs)"));
  EXPECT_THAT(refusal(R"({"head_dim": 1073741824})"), HasSubstr("8 heads of 1073741824 are too large"));
  EXPECT_THAT(refusal(R"({"rms_norm_eps": 0})"), HasSubstr("rms_norm_eps is 0, out of range (above 0, below 1)"));
  EXPECT_THAT(refusal(R"({"rms_norm_eps": null})"), HasSubstr("rms_norm_eps is missing"));
}

TEST(LlamaConfig, RefusesTheRest) {
  EXPECT_THAT(refusal(R"({"bos_token_id": 100})"), HasSubstr("bos_token_id \"100\" is not a token id (0 to 99)"));
  EXPECT_THAT(refusal(R"({"eos_token_id": [1, -1]})"), HasSubstr("eos_token_id \"-1\" is not a token id"));
  EXPECT_THAT(refusal(R"({"tie_word_embeddings": 1})"), HasSubstr("tie_word_embeddings is \"1\", not true or false"));
  EXPECT_THAT(refusal(R"({"torch_dtype": 16})"), HasSubstr("not a string"));
  EXPECT_THAT(refusal(R"({"dtype": "bfloat16"})"), HasSubstr("dtype \"bfloat16\" and torch_dtype \"float16\" differ"));
}

} // namespace
} // namespace mase
