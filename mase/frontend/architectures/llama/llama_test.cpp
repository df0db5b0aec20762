// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/built_model.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/ops/pool/pool_ir.h"
#include "mase/runtime/model_slots.h"

#include <set>

namespace mase {
namespace {

constexpr const char *story = "llama-stories-1m";

class Llama : public BuiltModel {};

TEST_F(Llama, LinearsComeInTheOrderOfTheSlots) {
  mlir::func::FuncOp model = build(story);
  std::vector<Slot> slots = slotsOf(model);
  ASSERT_EQ(slots.size(), 86);
  const char *kinds[] = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
  for (size_t i = 0; i < 84; ++i) {
    EXPECT_EQ(slots[i].kind, kinds[i / 2 % 7]);
    EXPECT_EQ(slots[i].layer, static_cast<int>(i / 14));
    EXPECT_EQ(slots[i].role, i % 2 == 0 ? Role::weight : Role::input);
  }
  EXPECT_EQ(slots[84].name(), "lm_head.weight");
  EXPECT_EQ(slots[84].elements, 1024 * 128);
  EXPECT_EQ(slots[85].name(), "lm_head.input");
  EXPECT_EQ(slots[0].name(), "model.layers.0.self_attn.q_proj.weight");
  EXPECT_EQ(slots[12].name(), "model.layers.0.mlp.down_proj.weight");
  EXPECT_EQ(slots[13].elements, 352);
  EXPECT_EQ(ir::linears(model).size(), 43u);
  EXPECT_EQ(ir::maxPositions(model), 512);
}

TEST_F(Llama, TiedHeadReadsTheEmbedding) {
  mlir::func::FuncOp tied = build(story);
  EXPECT_EQ(ir::linears(tied).back().getWeight().getDefiningOp<ir::WeightOp>().getName(), "model.embed_tokens.weight");
  // Embedding, 6 x (2 norms + 7 linears), final norm: what the checkpoint holds, each once.
  std::vector<std::string> names = weights(tied);
  EXPECT_EQ(names.size(), 1u + 6 * 9 + 1);
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());

  mlir::func::FuncOp untied = build(story, R"({"tie_word_embeddings": false})");
  EXPECT_EQ(ir::linears(untied).back().getWeight().getDefiningOp<ir::WeightOp>().getName(), "lm_head.weight");
}

TEST_F(Llama, BiasesAreWhereTheConfigSays) {
  for (ir::LinearOp linear : ir::linears(build(story, R"({"attention_bias": true})")))
    EXPECT_EQ(linear.getBias() != nullptr, linear.getModule().contains("self_attn")) << linear.getModule().str();
  for (ir::LinearOp linear : ir::linears(build(story, R"({"mlp_bias": true})")))
    EXPECT_EQ(linear.getBias() != nullptr, linear.getModule().contains("mlp")) << linear.getModule().str();
}

TEST_F(Llama, LocationsAreModules) {
  ir::LinearOp linear = ir::linears(build(story))[3];
  EXPECT_EQ(mlir::cast<mlir::NameLoc>(linear.getLoc()).getName(), "model.layers.0.self_attn.o_proj");
}

TEST_F(Llama, ClassifiesByItsLastToken) {
  mlir::func::FuncOp model = build(
      story, R"({"architectures": ["LlamaForSequenceClassification"], "id2label": {"0": "a", "1": "b", "2": "c"}})");
  const auto logits = mlir::cast<mlir::RankedTensorType>(model.getFunctionType().getResult(0));
  EXPECT_EQ(logits.getShape().vec(), (std::vector<int64_t>{1, 3}));
  const ir::LinearOp score = ir::linears(model).back();
  EXPECT_EQ(ir::LinearOp(score).getModule(), "score");
  EXPECT_EQ(ir::LinearOp(score).getBias(), nullptr);
  std::vector<ir::PoolOp> pools = all<ir::PoolOp>(model);
  ASSERT_EQ(pools.size(), 1u);
  EXPECT_EQ(pools[0].getToken(), "last");
  EXPECT_EQ(ir::LinearOp(score).getInput(), pools[0].getResult());
}

} // namespace
} // namespace mase
