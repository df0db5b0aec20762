// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The configs of the families in models/families, and what is said when a key of one is another.
#include "mase/frontend/architectures/distilbert/distilbert_config.h"
#include "mase/frontend/architectures/gemma2/gemma2_config.h"
#include "mase/frontend/architectures/gpt2/gpt2_config.h"
#include "mase/frontend/architectures/gpt_neox/gpt_neox_config.h"
#include "mase/frontend/architectures/mistral/mistral_config.h"
#include "mase/frontend/architectures/phi3/phi3_config.h"
#include "mase/frontend/architectures/qwen2/qwen2_config.h"
#include "mase/frontend/architectures/qwen3/qwen3_config.h"
#include "mase/frontend/architectures/roberta/roberta_config.h"
#include "mase/frontend/refusals.h"
#include "mase/support/mapped_file.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

/// The family's config with a JSON merge patch over it: null removes a key. `null` are set to null instead.
Json config(const char *family, const char *patch = "{}", std::initializer_list<const char *> null = {}) {
  Json json =
      Json::parse(readTextFile(std::filesystem::path(MASE_SOURCE_DIR) / "models/families" / family / "config.json"));
  json.merge_patch(Json::parse(patch));
  for (const char *key : null)
    json[key] = nullptr;
  return json;
}

template <auto read>
auto parsed(const Json &json) {
  return read(JsonObject("config.json", json));
}
template <auto read>
std::string refusal(const Json &json) {
  return refusalOf([&] { parsed<read>(json); });
}

TEST(MistralConfig, EveryLayerHasTheWindow) {
  constexpr auto read = readMistralConfig;
  EXPECT_THAT(parsed<read>(config("mistral")).windows, ElementsAre(8, 8));
  EXPECT_THAT(parsed<read>(config("mistral", "{}", {"sliding_window"})).windows, ElementsAre(0, 0));
  EXPECT_THAT(parsed<read>(config("mistral", R"({"sliding_window": 128})")).windows, ElementsAre(0, 0))
      << "a window of all positions is none";
  EXPECT_THAT(refusal<read>(config("mistral", R"({"sliding_window": null})")),
              HasSubstr("sliding_window is missing (null says that there is none)"));
  EXPECT_THAT(refusal<read>(config("mistral", R"({"sliding_window": 0})")), HasSubstr("out of range"));
  EXPECT_THAT(refusal<read>(config("mistral", R"({"num_key_value_heads": null})")), HasSubstr("is missing"));
  EXPECT_THAT(refusal<read>(config("mistral", R"({"rope_parameters": null})")), HasSubstr("rope_theta is missing"));
  EXPECT_THAT(refusal<read>(config("mistral", R"({"layer_types": ["full_attention"]})")), HasSubstr("layer_types is"));
}

TEST(Qwen2Config, WindowsWhereTheyAreUsed) {
  constexpr auto read = readQwen2Config;
  EXPECT_THAT(parsed<read>(config("qwen2", R"({"sliding_window": 8})")).windows, ElementsAre(0, 0));
  const char *used =
      R"({"use_sliding_window": true, "sliding_window": 8, "max_window_layers": 1, "layer_types": null})";
  EXPECT_THAT(parsed<read>(config("qwen2", used)).windows, ElementsAre(0, 8));
  const char *listed = R"({"use_sliding_window": true, "sliding_window": 8,
    "layer_types": ["sliding_attention", "full_attention"]})";
  EXPECT_THAT(parsed<read>(config("qwen2", listed)).windows, ElementsAre(8, 0));
  EXPECT_THAT(refusal<read>(config("qwen2", R"({"layer_types": ["sliding_attention", "full_attention"]})")),
              HasSubstr("layer_types holds"));
  EXPECT_THAT(refusal<read>(config("qwen2", R"({"use_sliding_window": true, "sliding_window": 8,
    "layer_types": ["chunked_attention", "full_attention"]})")),
              HasSubstr("(implemented: full_attention, sliding_attention)"));
  EXPECT_THAT(refusal<read>(config("qwen2", R"({"attention_bias": false})")), HasSubstr("attention_bias is"));
}

TEST(Qwen3Config, HeadsOfAnySize) {
  const Qwen3Config qwen = parsed<readQwen3Config>(config("qwen3"));
  EXPECT_EQ(qwen.headDim, 32);
  EXPECT_EQ(qwen.heads * qwen.headDim, 2 * qwen.hiddenSize);
  EXPECT_FALSE(qwen.attentionBias);
  EXPECT_THAT(refusal<readQwen3Config>(config("qwen3", R"({"head_dim": null})")), HasSubstr("head_dim is missing"));
}

TEST(Gpt2Config, ReadsItsOwnKeys) {
  constexpr auto read = readGpt2Config;
  const Gpt2Config gpt = parsed<read>(config("gpt2-published-names"));
  EXPECT_EQ(gpt.maxPositions, 64);
  EXPECT_EQ(gpt.innerSize, 256); // four times the rest where the file has null
  EXPECT_EQ(gpt.activation, "gelu_new");
  EXPECT_TRUE(gpt.tieWordEmbeddings);
  EXPECT_EQ(parsed<read>(config("gpt2-published-names", R"({"n_inner": 96})")).innerSize, 96);
  EXPECT_THAT(refusal<read>(config("gpt2-published-names", R"({"n_head": 5})")),
              HasSubstr("n_embd 64 is not a multiple of n_head 5"));
  for (const char *patch : {R"({"scale_attn_weights": false})", R"({"scale_attn_by_inverse_layer_idx": true})"})
    EXPECT_THAT(refusal<read>(config("gpt2-published-names", patch)), HasSubstr("which is not implemented"));
}

TEST(GptNeoxConfig, TurnsAPartOfEachHead) {
  constexpr auto read = readGptNeoxConfig;
  EXPECT_EQ(parsed<read>(config("gpt_neox")).rope, (RopeAngles{10000, 4, 1, std::nullopt}));
  // As published before transformers 5.
  const char *older = R"({"rope_parameters": null, "rotary_pct": 0.5, "rotary_emb_base": 5000})";
  EXPECT_EQ(parsed<read>(config("gpt_neox", older)).rope, (RopeAngles{5000, 8, 1, std::nullopt}));
  EXPECT_EQ(parsed<read>(config("gpt_neox", R"({"rope_parameters": null})")).rope.rotary, 4);
  EXPECT_EQ(parsed<read>(config("gpt_neox", R"({"rope_parameters": {"partial_rotary_factor": 1}})")).rope.rotary, 0);
  for (const char *share : {"0.2", "1.5", "0.01"}) // 3, 24 and 0 of 16
    EXPECT_THAT(
        refusal<read>(config("gpt_neox",
                             fmt::format(R"({{"rope_parameters": {{"partial_rotary_factor": {}}}}})", share).c_str())),
        HasSubstr("of 16 features (an even number of them, 2 or more)"));
  EXPECT_THAT(refusal<read>(config("gpt_neox", R"({"num_attention_heads": 5})")), HasSubstr("is not a multiple of"));
}

TEST(RobertaConfig, PositionsBeginBehindThePaddingToken) {
  constexpr auto read = readRobertaConfig;
  const BertConfig roberta = parsed<read>(config("roberta"));
  EXPECT_EQ(roberta.positionOffset, 2);
  EXPECT_EQ(roberta.maxPositions, 62);
  EXPECT_EQ(roberta.classes, 3);
  EXPECT_THAT(refusal<read>(config("roberta", R"({"pad_token_id": 63})")),
              HasSubstr("max_position_embeddings 64 leaves no position behind pad_token_id 63"));
}

TEST(DistilBertConfig, ReadsItsOwnKeys) {
  constexpr auto read = readDistilBertConfig;
  const DistilBertConfig bert = parsed<read>(config("distilbert"));
  EXPECT_EQ(bert.intermediateSize, 128);
  EXPECT_FALSE(bert.causal);
  EXPECT_THAT(refusal<read>(config("distilbert", R"({"n_heads": 5})")),
              HasSubstr("dim 64 is not a multiple of n_heads 5"));
}

TEST(Phi3Config, RefusesOtherRotations) {
  constexpr auto read = readPhi3Config;
  EXPECT_THAT(parsed<read>(config("phi3", R"({"sliding_window": 9})")).windows, ElementsAre(9, 9));
  EXPECT_THAT(refusal<read>(config("phi3", R"({"rope_parameters": {"rope_type": "longrope"}})")),
              HasSubstr("\"longrope\" is not implemented"));
}

TEST(Gemma2Config, CapsAndWindows) {
  constexpr auto read = readGemma2Config;
  const Gemma2Config gemma = parsed<read>(config("gemma2"));
  EXPECT_EQ(gemma.attentionCap, 8);
  EXPECT_EQ(gemma.logitCap, 10);
  EXPECT_NEAR(gemma.scale, 1 / std::sqrt(24.0), 1e-12);
  EXPECT_THAT(gemma.windows, ElementsAre(8, 0, 8));
  EXPECT_THAT(parsed<read>(config("gemma2", R"({"layer_types": null})")).windows, ElementsAre(8, 0, 8));
  EXPECT_EQ(parsed<read>(config("gemma2", "{}", {"final_logit_softcapping"})).logitCap, 0);
  EXPECT_THAT(refusal<read>(config("gemma2", R"({"attn_logit_softcapping": null})")),
              HasSubstr("attn_logit_softcapping is missing (null says that there is no cap)"));
  EXPECT_THAT(refusal<read>(config("gemma2", R"({"attn_logit_softcapping": -1})")),
              HasSubstr("attn_logit_softcapping is -1 (a cap above 0, or null)"));
  EXPECT_THAT(refusal<read>(config("gemma2", R"({"query_pre_attn_scalar": 0})")),
              HasSubstr("query_pre_attn_scalar is 0 (a number above 0 is right)"));
  EXPECT_THAT(refusal<read>(config("gemma2", R"({"use_bidirectional_attention": true})")),
              HasSubstr("use_bidirectional_attention is"));
}

} // namespace
} // namespace mase
