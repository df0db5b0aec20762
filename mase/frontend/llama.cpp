// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/llama.h"

#include "mase/ir/model_function.h"
#include "mase/ops/add/add_ir.h"
#include "mase/ops/embedding/embedding_ir.h"
#include "mase/ops/kv_cache/kv_cache_ir.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/ops/matmul/matmul_ir.h"
#include "mase/ops/merge_heads/merge_heads_ir.h"
#include "mase/ops/mul/mul_ir.h"
#include "mase/ops/rms_norm/rms_norm_ir.h"
#include "mase/ops/rope/rope_ir.h"
#include "mase/ops/silu/silu_ir.h"
#include "mase/ops/softmax/softmax_ir.h"
#include "mase/ops/split_heads/split_heads_ir.h"
#include "mase/ops/weight/weight_ir.h"

#include <cmath>

namespace mase {
namespace {

using namespace mlir;
using namespace mase::ir;

class LlamaBuilder {
public:
  LlamaBuilder(MLIRContext &context, const LlamaConfig &config, ElementTypeOf elementTypeOf)
      : config_(config), elementTypeOf_(elementTypeOf), builder_(&context) {}

  OwningOpRef<ModuleOp> build() {
    dialects();
    OwningOpRef<ModuleOp> module = ModuleOp::create(builder_.getUnknownLoc());
    builder_.setInsertionPointToEnd(module->getBody());
    Type ids = RankedTensorType::get({ShapedType::kDynamic}, builder_.getI32Type());
    Type logits = f32Tensor(builder_.getContext(), {ShapedType::kDynamic, config_.vocabSize});
    auto main = builder_.create<func::FuncOp>(at("main"), "main", builder_.getFunctionType({ids}, {logits}));
    setMaxPositions(main, config_.maxPositions);
    builder_.setInsertionPointToStart(main.addEntryBlock());

    Value table = weight("model.embed_tokens", {config_.vocabSize, config_.hiddenSize});
    Value x = builder_.create<EmbeddingOp>(at("model.embed_tokens"), main.getArgument(0), table);
    for (int64_t i = 0; i < config_.layers; ++i) {
      std::string layer = "model.layers." + std::to_string(i);
      x = residual(layer, x, attention(layer + ".self_attn", norm(layer + ".input_layernorm", x)));
      x = residual(layer, x, mlp(layer + ".mlp", norm(layer + ".post_attention_layernorm", x)));
    }
    x = norm("model.norm", x);
    Value head = config_.tieWordEmbeddings ? table : weight("lm_head", {config_.vocabSize, config_.hiddenSize});
    x = builder_.create<LinearOp>(at("lm_head"), x, head, Value(), "lm_head");
    builder_.create<func::ReturnOp>(at("main"), x);
    return module;
  }

private:
  enum class Bias { no, yes };

  void dialects() {
    builder_.getContext()->getOrLoadDialect<MaseDialect>();
    builder_.getContext()->getOrLoadDialect<func::FuncDialect>();
  }

  Location at(StringRef module) { return NameLoc::get(builder_.getStringAttr(module)); }

  Value tensor(const std::string &module, const char *which, ArrayRef<int64_t> shape) {
    std::string name = module + which;
    Type type = RankedTensorType::get(shape, elementTypeOf_(name));
    return builder_.create<WeightOp>(at(module), type, builder_.getStringAttr(name), StringAttr());
  }
  Value weight(const std::string &module, ArrayRef<int64_t> shape) { return tensor(module, ".weight", shape); }

  Value linear(const std::string &module, Value x, int64_t outFeatures, Bias bias) {
    int64_t inFeatures = cast<RankedTensorType>(x.getType()).getDimSize(1);
    Value matrix = weight(module, {outFeatures, inFeatures});
    Value offset = bias == Bias::yes ? tensor(module, ".bias", {outFeatures}) : Value();
    return builder_.create<LinearOp>(at(module), x, matrix, offset, module);
  }

  Value norm(const std::string &module, Value x) {
    return builder_.create<RmsNormOp>(at(module), x, weight(module, {config_.hiddenSize}), config_.rmsNormEpsilon);
  }

  Value residual(const std::string &layer, Value x, Value branch) {
    return builder_.create<AddOp>(at(layer), x, branch);
  }

  Value attention(const std::string &module, Value x) {
    Bias bias = config_.attentionBias ? Bias::yes : Bias::no;
    Location loc = at(module);
    Value q = linear(module + ".q_proj", x, config_.heads * config_.headDim, bias);
    Value k = linear(module + ".k_proj", x, config_.kvHeads * config_.headDim, bias);
    Value v = linear(module + ".v_proj", x, config_.kvHeads * config_.headDim, bias);
    q = builder_.create<SplitHeadsOp>(loc, q, config_.heads);
    k = builder_.create<SplitHeadsOp>(loc, k, config_.kvHeads);
    v = builder_.create<SplitHeadsOp>(loc, v, config_.kvHeads);
    q = builder_.create<RopeOp>(loc, q, config_.ropeTheta);
    k = builder_.create<RopeOp>(loc, k, config_.ropeTheta);
    k = builder_.create<KvCacheOp>(loc, k, module + ".k");
    v = builder_.create<KvCacheOp>(loc, v, module + ".v");
    Value scores = builder_.create<MatmulOp>(loc, q, k, MatmulOptions{.transposeRhs = true, .causal = true});
    double scale = 1 / std::sqrt(static_cast<double>(config_.headDim));
    Value shares = builder_.create<SoftmaxOp>(loc, scores, SoftmaxOptions{.scale = scale, .causal = true});
    Value mixed = builder_.create<MatmulOp>(loc, shares, v, MatmulOptions{.transposeRhs = false, .causal = true});
    Value rows = builder_.create<MergeHeadsOp>(loc, mixed);
    return linear(module + ".o_proj", rows, config_.hiddenSize, bias);
  }

  Value mlp(const std::string &module, Value x) {
    Bias bias = config_.mlpBias ? Bias::yes : Bias::no;
    Value gate = linear(module + ".gate_proj", x, config_.intermediateSize, bias);
    Value up = linear(module + ".up_proj", x, config_.intermediateSize, bias);
    Value open = builder_.create<SiluOp>(at(module), gate);
    Value gated = builder_.create<MulOp>(at(module), open, up);
    return linear(module + ".down_proj", gated, config_.hiddenSize, bias);
  }

  const LlamaConfig &config_;
  ElementTypeOf elementTypeOf_;
  OpBuilder builder_;
};

} // namespace

OwningOpRef<ModuleOp> buildLlama(MLIRContext &context, const LlamaConfig &config, ElementTypeOf elementTypeOf) {
  return LlamaBuilder(context, config, elementTypeOf).build();
}

OwningOpRef<ModuleOp> buildLlama(MLIRContext &context, const LlamaConfig &config, const TensorTable &table) {
  Builder builder(&context);
  return buildLlama(context, config, [&](StringRef name) -> Type {
    const Tensor *tensor = table.find(std::string_view(name));
    assert(tensor && tensor->dtype != Dtype::NotFloat && "checkLlamaTensors comes first");
    return tensor->dtype == Dtype::BF16  ? Type(builder.getBF16Type())
           : tensor->dtype == Dtype::F16 ? Type(builder.getF16Type())
                                         : Type(builder.getF32Type());
  });
}

} // namespace mase
