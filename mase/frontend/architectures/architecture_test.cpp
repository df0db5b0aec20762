// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What holds for every architecture in the list, and what is said of those that are not in it.
#include "mase/frontend/architectures/built_model.h"
#include "mase/frontend/refusals.h"
#include "mase/support/damaged.h"
#include "mase/support/random.h"

#include <algorithm>
#include <set>

namespace mase {
namespace {
using testing::HasSubstr;

/// A model in the tree for each architecture; its files have the tensors but for a classifier's `head`.
struct Example {
  std::string architecture;
  const char *model, *head = nullptr;
  int64_t features = 0; ///< of the head
};
const std::vector<Example> &examples() {
  static const std::vector<Example> list = {
      {"LlamaForCausalLM", "llama-stories-1m"},
      {"OPTForCausalLM", "opt-stories-1m"},
      {"BertForSequenceClassification", "bert-tiny"},
      {"MistralForCausalLM", "families/mistral"},
      {"Qwen2ForCausalLM", "families/qwen2"},
      {"Qwen3ForCausalLM", "families/qwen3"},
      {"GPT2LMHeadModel", "families/gpt2-published-names"},
      {"GPTNeoXForCausalLM", "families/gpt_neox"},
      {"RobertaForSequenceClassification", "families/roberta"},
      {"DistilBertForSequenceClassification", "families/distilbert"},
      {"Phi3ForCausalLM", "families/phi3"},
      {"Gemma2ForCausalLM", "families/gemma2"},
      {"LlamaForSequenceClassification", "llama-stories-1m", "score.weight", 128},
      {"OPTForSequenceClassification", "opt-stories-1m", "score.weight", 128},
      {"MistralForSequenceClassification", "families/mistral", "score.weight", 64},
      {"Qwen2ForSequenceClassification", "families/qwen2", "score.weight", 64},
      {"Qwen3ForSequenceClassification", "families/qwen3", "score.weight", 64},
      {"GPT2ForSequenceClassification", "families/gpt2-published-names", "score.weight", 64},
      {"GPTNeoXForSequenceClassification", "families/gpt_neox", "score.weight", 64},
      {"Phi3ForSequenceClassification", "families/phi3", "score.weight", 64},
      {"Gemma2ForSequenceClassification", "families/gemma2", "score.weight", 64},
  };
  return list;
}

std::string refusal(const std::string &text) {
  return refusalOf([&] { parseBlueprint("config.json", text); });
}

TEST(Architectures, EachHasAnExample) {
  std::set<std::string> known, shown;
  for (const Architecture *architecture : knownArchitectures())
    known.insert(architecture->name);
  for (const Example &example : examples())
    shown.insert(example.architecture);
  EXPECT_EQ(known, shown);
  EXPECT_EQ(known.size(), knownArchitectures().size());
}

TEST(Architectures, RefusesOthersWithTheKnown) {
  EXPECT_THAT(
      refusal(R"({"architectures": ["FalconForCausalLM"]})"),
      HasSubstr(
          R"(config.json: architecture "[\"FalconForCausalLM\"]" is not known (known: LlamaForCausalLM, OPTForCausalLM, BertForSequenceClassification, MistralForCausalLM, Qwen2ForCausalLM, )"));
  EXPECT_THAT(refusal(R"({"architectures": []})"), HasSubstr("is not known (known: LlamaForCausalLM, "));
  EXPECT_THAT(refusal(R"({"architectures": ["OPTForCausalLM", "LlamaForCausalLM"]})"), HasSubstr("is not known"));
  EXPECT_THAT(refusal(R"({"architectures": null})"), HasSubstr("architectures is missing"));
  EXPECT_THAT(refusal(R"({"architectures": ["OPTForCausalLM"], "model_type": "llama"})"),
              HasSubstr(R"(model_type is "\"llama\"", which is not implemented (implemented: "opt"))"));
  EXPECT_THAT(refusalOf([] { readBlueprint("/nowhere"); }), HasSubstr("/nowhere/config.json: cannot be opened"));
}

class EveryArchitecture : public BuiltModel, public testing::WithParamInterface<Example> {
protected:
  /// The config of the example's model, of the architecture.
  std::string config() const {
    Json json = Json::parse(readTextFile(directoryOf(model) / "config.json"));
    json["architectures"] = {GetParam().architecture};
    return json.dump();
  }
  const char *model = GetParam().model;
};

// The weights of the IR are the tensors of the checkpoint: no more, no fewer, of the same shapes and types.
TEST_P(EveryArchitecture, WeightsAreThoseOfTheFile) {
  TensorTable table = openSafetensors(directoryOf(model));
  const std::unique_ptr<Blueprint> blueprint = parseBlueprint("config.json", config());
  completeNames(*blueprint, table);
  if (GetParam().head) {
    EXPECT_THAT(refusalOf([&] { buildModel(context_, *blueprint, table); }),
                HasSubstr(fmt::format("tensor {} (2x{}) is missing", GetParam().head, GetParam().features)));
    return;
  }
  module_ = buildModel(context_, *blueprint, table);
  EXPECT_TRUE(succeeded(mlir::verify(*module_)));
  std::set<std::string> names;
  module_->walk([&](ir::WeightOp weight) {
    const Tensor *tensor = table.find(weight.getName().str());
    ASSERT_NE(tensor, nullptr) << weight.getName().str();
    EXPECT_EQ(ir::viewOf(weight).stored, tensor->shape);
    const mlir::Type element = weight.getType().getElementType();
    EXPECT_TRUE(tensor->dtype == Dtype::BF16  ? element.isBF16()
                : tensor->dtype == Dtype::F16 ? element.isF16()
                                              : element.isF32());
    EXPECT_TRUE(names.insert(tensor->name).second || !ir::viewOf(weight).isPlain() ||
                tensor->name.ends_with("tokens.weight"))
        << tensor->name << " stands twice in the IR";
  });
  const std::vector<std::string> derived = blueprint->derivedTensors();
  for (const Tensor &tensor : table.tensors())
    if (std::ranges::any_of(derived, [&](const std::string &end) { return tensor.name.ends_with(end); }))
      names.insert(tensor.name);
  EXPECT_EQ(names.size(), table.tensors().size());
}

// A config that is read builds IR that verifies, whatever is wrong in it.
TEST_P(EveryArchitecture, DamagedConfigsBuildOrAreRefused) {
  const std::string text = config();
  int built = 0, refused = 0;
  for (uint64_t i = 0; i < 400; ++i) {
    Random random(0xB1DE, i);
    const std::string bad = damaged(text, random);
    std::unique_ptr<Blueprint> blueprint;
    if (refusalOf([&] { blueprint = parseBlueprint("config.json", bad); }) != "accepted") {
      ++refused;
      continue;
    }
    module_ = buildModel(context_, *blueprint, [&](llvm::StringRef) { return mlir::Float32Type::get(&context_); });
    EXPECT_TRUE(succeeded(mlir::verify(*module_))) << bad;
    ++built;
  }
  EXPECT_GT(built, 5);
  EXPECT_GT(refused, 100);
}

INSTANTIATE_TEST_SUITE_P(All, EveryArchitecture, testing::ValuesIn(examples()),
                         [](const auto &info) { return info.param.architecture; });

} // namespace
} // namespace mase
