// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/llama.h"

#include "mase/ir/model_function.h"
#include "mase/ir/types.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/ops/register_dialect.h"
#include "mase/ops/weight/weight_ir.h"
#include "mase/runtime/model_slots.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"

#include <gmock/gmock.h>

#include <set>

namespace mase {
namespace {

const std::filesystem::path storyModel = MASE_SOURCE_DIR "/models/llama-stories-1m";

LlamaConfig storyConfig() { return readLlamaConfig(storyModel); }

class Llama : public testing::Test {
protected:
  Llama() : context_(registry()) {}

  static mlir::DialectRegistry registry() {
    mlir::DialectRegistry registry;
    ir::registerDialect(registry);
    return registry;
  }

  mlir::func::FuncOp build(const LlamaConfig &config) {
    module_ = buildLlama(context_, config, [&](llvm::StringRef) { return mlir::BFloat16Type::get(&context_); });
    EXPECT_TRUE(succeeded(mlir::verify(*module_)));
    return ir::modelFunction(*module_);
  }

  std::vector<std::string> weights(mlir::func::FuncOp model) {
    std::vector<std::string> names;
    model.walk([&](ir::WeightOp weight) { names.push_back(weight.getName().str()); });
    return names;
  }

  mlir::MLIRContext context_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
};

TEST_F(Llama, LinearsComeInTheOrderOfTheSlots) {
  mlir::func::FuncOp model = build(storyConfig());
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
  LlamaConfig config = storyConfig();
  mlir::func::FuncOp tied = build(config);
  EXPECT_EQ(ir::linears(tied).back().getWeight().getDefiningOp<ir::WeightOp>().getName(), "model.embed_tokens.weight");
  // Embedding, 6 x (2 norms + 7 linears), final norm: what the checkpoint holds, each once.
  std::vector<std::string> names = weights(tied);
  EXPECT_EQ(names.size(), 1u + 6 * 9 + 1);
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());

  config.tieWordEmbeddings = false;
  mlir::func::FuncOp untied = build(config);
  EXPECT_EQ(ir::linears(untied).back().getWeight().getDefiningOp<ir::WeightOp>().getName(), "lm_head.weight");
}

TEST_F(Llama, BiasesAreWhereTheConfigSays) {
  LlamaConfig config = storyConfig();
  config.attentionBias = true;
  for (ir::LinearOp linear : ir::linears(build(config)))
    EXPECT_EQ(linear.getBias() != nullptr, linear.getModule().contains("self_attn")) << linear.getModule().str();
  config.attentionBias = false;
  config.mlpBias = true;
  for (ir::LinearOp linear : ir::linears(build(config)))
    EXPECT_EQ(linear.getBias() != nullptr, linear.getModule().contains("mlp")) << linear.getModule().str();
}

// The weights of the IR are the tensors of the checkpoint: no more, no fewer, of the same shapes and types.
TEST_F(Llama, WeightsAreThoseOfTheFile) {
  TensorTable table = openSafetensors(storyModel);
  mlir::OwningOpRef<mlir::ModuleOp> module = buildLlama(context_, storyConfig(), table);
  size_t found = 0;
  module->walk([&](ir::WeightOp weight) {
    const Tensor *tensor = table.find(weight.getName().str());
    ASSERT_NE(tensor, nullptr) << weight.getName().str();
    EXPECT_EQ(weight.getType().getShape().vec(), tensor->shape);
    EXPECT_TRUE(weight.getType().getElementType().isBF16());
    ++found;
  });
  EXPECT_EQ(found, table.tensors().size());
}

TEST_F(Llama, LocationsAreModules) {
  ir::LinearOp linear = ir::linears(build(storyConfig()))[3];
  EXPECT_EQ(mlir::cast<mlir::NameLoc>(linear.getLoc()).getName(), "model.layers.0.self_attn.o_proj");
}

} // namespace
} // namespace mase
