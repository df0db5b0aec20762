// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/built_model.h"
#include "mase/ops/add/add_ir.h"
#include "mase/ops/gelu/gelu_ir.h"
#include "mase/ops/layer_norm/layer_norm_ir.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/ops/pool/pool_ir.h"
#include "mase/ops/position_embedding/position_embedding_ir.h"
#include "mase/ops/relu/relu_ir.h"
#include "mase/ops/rope/rope_ir.h"
#include "mase/ops/silu/silu_ir.h"
#include "mase/runtime/model_slots.h"

namespace mase {
namespace {

constexpr const char *story = "opt-stories-1m";

class Opt : public BuiltModel {};

TEST_F(Opt, LinearsComeInTheOrderOfTheSlots) {
  mlir::func::FuncOp model = build(story);
  std::vector<Slot> slots = slotsOf(model);
  ASSERT_EQ(slots.size(), 2u * (6 * 6 + 1));
  const char *kinds[] = {"q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"};
  for (size_t i = 0; i < 72; ++i) {
    EXPECT_EQ(slots[i].kind, kinds[i / 2 % 6]);
    EXPECT_EQ(slots[i].layer, static_cast<int>(i / 12));
  }
  EXPECT_EQ(slots[8].name(), "model.decoder.layers.0.fc1.weight");
  EXPECT_EQ(slots[72].name(), "lm_head.weight");
  EXPECT_EQ(ir::maxPositions(model), 512);
}

TEST_F(Opt, BiasesEverywhereButInTheHead) {
  for (ir::LinearOp linear : ir::linears(build(story)))
    EXPECT_EQ(linear.getBias() != nullptr, linear.getModule() != "lm_head") << linear.getModule().str();
  for (ir::LinearOp linear : ir::linears(build(story, R"({"enable_bias": false})")))
    EXPECT_EQ(linear.getBias(), nullptr) << linear.getModule().str();
}

TEST_F(Opt, PositionsAreATableWithTwoRowsInFront) {
  mlir::func::FuncOp model = build(story);
  std::vector<ir::PositionEmbeddingOp> positions = all<ir::PositionEmbeddingOp>(model);
  ASSERT_EQ(positions.size(), 1u);
  EXPECT_EQ(positions[0].getOffset(), 2);
  EXPECT_EQ(positions[0].getTable().getType().getShape().vec(), (std::vector<int64_t>{514, 128}));
  EXPECT_TRUE(all<ir::RopeOp>(model).empty());
}

TEST_F(Opt, NormsStandBeforeTheBranches) {
  mlir::func::FuncOp model = build(story);
  std::vector<ir::LayerNormOp> norms = all<ir::LayerNormOp>(model);
  ASSERT_EQ(norms.size(), 13u);
  EXPECT_EQ(ir::linears(model)[0].getInput().getDefiningOp(), norms[0]);
  EXPECT_EQ(ir::linears(model)[4].getInput().getDefiningOp(), norms[1]);
  EXPECT_EQ(ir::linears(model).back().getInput().getDefiningOp(), norms.back());
  EXPECT_EQ(norms[0].getEpsilon().convertToDouble(), 1e-5);
  EXPECT_EQ(all<ir::LayerNormOp>(build(story, R"({"_remove_final_layer_norm": true})")).size(), 12u);
}

// As OPT-350m has it.
TEST_F(Opt, NormsBehindTheSumsAndProjections) {
  mlir::func::FuncOp model = build(story, R"({"do_layer_norm_before": false, "word_embed_proj_dim": 64})");
  std::vector<ir::LayerNormOp> norms = all<ir::LayerNormOp>(model);
  ASSERT_EQ(norms.size(), 12u);
  for (ir::LayerNormOp norm : norms)
    EXPECT_TRUE(norm.getInput().getDefiningOp<ir::AddOp>());
  llvm::SmallVector<ir::LinearOp> linears = ir::linears(model);
  ASSERT_EQ(linears.size(), 39u);
  EXPECT_EQ(linears[0].getModule(), "model.decoder.project_in");
  EXPECT_EQ(linears[0].getWeight().getType().getShape().vec(), (std::vector<int64_t>{128, 64}));
  EXPECT_EQ(linears[1].getInput().getDefiningOp<ir::LayerNormOp>(), nullptr);
  EXPECT_EQ(linears[37].getModule(), "model.decoder.project_out");
  EXPECT_EQ(linears[37].getInput().getDefiningOp(), norms.back());
  EXPECT_EQ(linears[38].getWeight().getType().getShape().vec(), (std::vector<int64_t>{1024, 64}));
}

TEST_F(Opt, ActivationIsTheConfigs) {
  EXPECT_EQ(all<ir::ReluOp>(build(story)).size(), 6u);
  mlir::func::FuncOp other = build(story, R"({"activation_function": "silu"})");
  EXPECT_EQ(all<ir::SiluOp>(other).size(), 6u);
  EXPECT_TRUE(all<ir::ReluOp>(other).empty());
  EXPECT_EQ(all<ir::GeluOp>(build(story, R"({"activation_function": "gelu"})")).size(), 6u);
}

TEST_F(Opt, TiedHeadReadsTheEmbedding) {
  const char *tied = "model.decoder.embed_tokens.weight";
  EXPECT_EQ(ir::linears(build(story)).back().getWeight().getDefiningOp<ir::WeightOp>().getName(), tied);
  // Absent means tied: unlike LLaMA's.
  EXPECT_EQ(ir::linears(build(story, R"({"tie_word_embeddings": null})"))
                .back()
                .getWeight()
                .getDefiningOp<ir::WeightOp>()
                .getName(),
            tied);
  EXPECT_EQ(ir::linears(build(story, R"({"tie_word_embeddings": false})"))
                .back()
                .getWeight()
                .getDefiningOp<ir::WeightOp>()
                .getName(),
            "lm_head.weight");
}

TEST_F(Opt, ClassifiesByItsLastToken) {
  mlir::func::FuncOp model = build(
      story, R"({"architectures": ["OPTForSequenceClassification"], "id2label": {"0": "a", "1": "b", "2": "c"}})");
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
