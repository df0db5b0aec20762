// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/bert/bert_config.h"

#include "mase/frontend/refusals.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::HasSubstr;

/// As published models have it.
Json published() {
  return Json::parse(R"({"architectures": ["BertForSequenceClassification"], "attention_probs_dropout_prob": 0.1,
    "classifier_dropout": null, "gradient_checkpointing": false, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
    "hidden_size": 32, "id2label": {"0": "negative", "1": "positive"}, "initializer_range": 0.02,
    "intermediate_size": 96, "label2id": {"negative": 0, "positive": 1}, "layer_norm_eps": 1e-12,
    "max_position_embeddings": 48, "model_type": "bert", "num_attention_heads": 4, "num_hidden_layers": 3,
    "pad_token_id": 0, "position_embedding_type": "absolute", "torch_dtype": "float32", "type_vocab_size": 2,
    "use_cache": true, "vocab_size": 100})");
}

BertConfig parse(const Json &json) { return readBertConfig(JsonObject("config.json", json)); }

/// What is said when `patch` (a JSON merge patch: null removes) is laid over that config.
std::string refusal(const char *patch) {
  Json json = published();
  json.merge_patch(Json::parse(patch));
  return refusalOf([&] { parse(json); });
}

TEST(BertConfig, Published) {
  const BertConfig config = parse(published());
  EXPECT_EQ(config.vocabSize, 100);
  EXPECT_EQ(config.classes, 2);
  EXPECT_EQ(config.maxPositions, 48);
  EXPECT_EQ(config.hiddenSize, 32);
  EXPECT_EQ(config.intermediateSize, 96);
  EXPECT_EQ(config.layers, 3);
  EXPECT_EQ(config.heads, 4);
  EXPECT_EQ(config.tokenTypes, 2);
  EXPECT_EQ(config.activation, "gelu");
  EXPECT_EQ(config.layerNormEpsilon, 1e-12);
  EXPECT_EQ(config.dtype, "float32");
}

TEST(BertConfig, ClassesAreThoseThatHaveNames) {
  Json json = published();
  json["id2label"]["2"] = "neutral";
  EXPECT_EQ(parse(json).classes, 3);
  json["num_labels"] = 3;
  EXPECT_EQ(parse(json).classes, 3);
  json.erase("id2label");
  EXPECT_EQ(parse(json).classes, 3);
  json.erase("num_labels");
  EXPECT_EQ(parse(json).classes, 2);
  EXPECT_THAT(refusal(R"({"num_labels": 3})"), HasSubstr("id2label has 2 classes, num_labels 3 (equal, 1 or more)"));
  EXPECT_THAT(refusal(R"({"id2label": {"1": null, "3": "odd"}})"),
              HasSubstr("config.json: id2label has 2 classes, but none of number 1"));
  EXPECT_THAT(refusal(R"({"id2label": {"0": null, "1": null}})"), HasSubstr("id2label has 0 classes"));
}

TEST(BertConfig, RefusesWhatItDoesNotImplement) {
  EXPECT_THAT(refusal(R"({"hidden_act": "gelu_fast"})"), HasSubstr("hidden_act \"gelu_fast\" is not implemented"));
  EXPECT_THAT(refusal(R"({"model_type": "roberta"})"), HasSubstr(R"((implemented: "bert"))"));
  for (const char *patch :
       {R"({"is_decoder": true})", R"({"position_embedding_type": "relative_key"})", R"({"add_cross_attention": true})",
        R"({"embedding_size": 16})", R"({"pruned_heads": {"0": [1]}})", R"({"chunk_size_feed_forward": 4})",
        R"({"problem_type": "multi_label_classification"})", R"({"num_key_value_heads": 2})", R"({"head_dim": 4})",
        R"({"rope_theta": 10000.0})", R"({"sliding_window": 8})", R"({"quantization_config": {"bits": 4}})"})
    EXPECT_THAT(refusal(patch), HasSubstr("which is not implemented (implemented: ")) << patch;
  for (const char *patch : {R"({"is_decoder": false})", R"({"pruned_heads": {}})", R"({"chunk_size_feed_forward": 0})",
                            R"({"problem_type": "single_label_classification"})", R"({"hidden_dropout_prob": 0.5})"})
    EXPECT_EQ(refusal(patch), "accepted") << patch;
}

TEST(BertConfig, RefusesImpossibleSizes) {
  for (const char *key : {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
                          "max_position_embeddings", "type_vocab_size"}) {
    auto with = [&](const char *value) { return refusal(fmt::format(R"({{"{}": {}}})", key, value).c_str()); };
    EXPECT_THAT(with("null"), HasSubstr(fmt::format("{} is missing", key)));
    EXPECT_THAT(with("0"), HasSubstr(fmt::format("{} is 0, out of range (1 to ", key)));
    EXPECT_THAT(with("99999999999"), HasSubstr("out of range"));
  }
  EXPECT_THAT(refusal(R"({"num_attention_heads": 5})"),
              HasSubstr("hidden_size 32 is not a multiple of num_attention_heads 5"));
  EXPECT_THAT(refusal(R"({"layer_norm_eps": 0})"), HasSubstr("layer_norm_eps is 0, out of range"));
  EXPECT_THAT(refusal(R"({"layer_norm_eps": null})"), HasSubstr("layer_norm_eps is missing"));
}

} // namespace
} // namespace mase
