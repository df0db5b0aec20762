// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/built_model.h"
#include "mase/ops/add/add_ir.h"
#include "mase/ops/gelu/gelu_ir.h"
#include "mase/ops/kv_cache/kv_cache_ir.h"
#include "mase/ops/layer_norm/layer_norm_ir.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/ops/matmul/matmul_ir.h"
#include "mase/ops/pool/pool_ir.h"
#include "mase/ops/softmax/softmax_ir.h"
#include "mase/ops/tanh/tanh_ir.h"
#include "mase/ops/token_type_embedding/token_type_embedding_ir.h"
#include "mase/runtime/model_slots.h"

#include <fmt/format.h>

namespace mase {
namespace {

constexpr const char *tiny = "bert-tiny";

class Bert : public BuiltModel {};

TEST_F(Bert, LinearsComeInTheOrderOfTheSlots) {
  mlir::func::FuncOp model = build(tiny);
  std::vector<Slot> slots = slotsOf(model);
  ASSERT_EQ(slots.size(), 2u * (2 * 6 + 2));
  const char *names[] = {"attention.self.query",   "attention.self.key", "attention.self.value",
                         "attention.output.dense", "intermediate.dense", "output.dense"};
  for (size_t i = 0; i < 24; ++i) {
    EXPECT_EQ(slots[i].module, fmt::format("bert.encoder.layer.{}.{}", i / 12, names[i / 2 % 6]));
    EXPECT_EQ(slots[i].layer, static_cast<int>(i / 12));
  }
  EXPECT_EQ(slots[24].name(), "bert.pooler.dense.weight");
  EXPECT_EQ(slots[26].name(), "classifier.weight");
  for (ir::LinearOp linear : ir::linears(model))
    EXPECT_NE(linear.getBias(), nullptr) << linear.getModule().str();
}

TEST_F(Bert, TakesTypesAndGivesOneRow) {
  mlir::func::FuncOp model = build(tiny);
  ASSERT_EQ(model.getNumArguments(), 2u);
  std::vector<ir::TokenTypeEmbeddingOp> types = all<ir::TokenTypeEmbeddingOp>(model);
  ASSERT_EQ(types.size(), 1u);
  EXPECT_EQ(types[0].getTypes(), model.getArgument(1));
  const auto logits = mlir::cast<mlir::RankedTensorType>(model.getFunctionType().getResult(0));
  EXPECT_EQ(logits.getShape().vec(), (std::vector<int64_t>{1, 3}));
  ASSERT_EQ(all<ir::PoolOp>(model).size(), 1u);
  EXPECT_EQ(all<ir::PoolOp>(model)[0].getToken(), "first");
  EXPECT_EQ(all<ir::TanhOp>(model).size(), 1u);
}

TEST_F(Bert, AttentionSeesTheWholeText) {
  mlir::func::FuncOp model = build(tiny);
  EXPECT_TRUE(all<ir::KvCacheOp>(model).empty());
  EXPECT_EQ(all<ir::MatmulOp>(model).size(), 4u);
  for (ir::MatmulOp product : all<ir::MatmulOp>(model))
    EXPECT_FALSE(product.getCausal());
  for (ir::SoftmaxOp softmax : all<ir::SoftmaxOp>(model))
    EXPECT_FALSE(softmax.getCausal());
}

TEST_F(Bert, NormsStandBehindTheSums) {
  mlir::func::FuncOp model = build(tiny);
  std::vector<ir::LayerNormOp> norms = all<ir::LayerNormOp>(model);
  ASSERT_EQ(norms.size(), 5u);
  for (size_t i = 1; i < norms.size(); ++i)
    EXPECT_TRUE(norms[i].getInput().getDefiningOp<ir::AddOp>());
  EXPECT_EQ(norms[0].getEpsilon().convertToDouble(), 1e-12);
  EXPECT_EQ(all<ir::GeluOp>(model).size(), 2u);
}

} // namespace
} // namespace mase
