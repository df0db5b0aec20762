// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/architecture.h"
#include "mase/frontend/architectures/attention.h"
#include "mase/frontend/architectures/config_keys.h"
#include "mase/frontend/architectures/llama/llama_config.h"
#include "mase/frontend/architectures/model_builder.h"

#include <fmt/format.h>

namespace mase {
namespace {

class Llama final : public Blueprint {
public:
  explicit Llama(LlamaConfig config) : c_(std::move(config)) {}

  const ModelConfig &config() const override { return c_; }

  /// Old checkpoints carry the angles, which the config determines.
  std::vector<std::string> derivedTensors() const override { return {".rotary_emb.inv_freq"}; }

  mlir::Value wire(ModelBuilder &b, mlir::Value ids) const override {
    mlir::Value table = b.weight("model.embed_tokens", {c_.vocabSize, c_.hiddenSize});
    mlir::Value x = b.embedding("model.embed_tokens", ids, table);
    for (int64_t i = 0; i < c_.layers; ++i) {
      const std::string layer = fmt::format("model.layers.{}", i);
      x = b.add(layer, x, attention(b, layer + ".self_attn", norm(b, layer + ".input_layernorm", x)));
      x = b.add(layer, x, mlp(b, layer + ".mlp", norm(b, layer + ".post_attention_layernorm", x)));
    }
    x = norm(b, "model.norm", x);
    if (c_.classes > 0)
      return b.linear("score", b.pool("score", "last", x), c_.classes, Bias::no);
    return b.linear("lm_head", x, c_.tieWordEmbeddings ? table : b.weight("lm_head", {c_.vocabSize, c_.hiddenSize}));
  }

private:
  mlir::Value norm(ModelBuilder &b, const std::string &module, mlir::Value x) const {
    return b.rmsNorm(module, x, c_.rmsNormEpsilon);
  }

  mlir::Value attention(ModelBuilder &b, const std::string &module, mlir::Value x) const {
    return projectedAttention(b, module, x,
                              {.heads = c_.heads,
                               .kvHeads = c_.kvHeads,
                               .headDim = c_.headDim,
                               .output = "o_proj",
                               .bias = c_.attentionBias ? Bias::yes : Bias::no,
                               .ropeTheta = c_.ropeTheta});
  }

  mlir::Value mlp(ModelBuilder &b, const std::string &module, mlir::Value x) const {
    const Bias bias = c_.mlpBias ? Bias::yes : Bias::no;
    mlir::Value gate = b.linear(module + ".gate_proj", x, c_.intermediateSize, bias);
    mlir::Value up = b.linear(module + ".up_proj", x, c_.intermediateSize, bias);
    mlir::Value gated = b.mul(module, b.activation(module, c_.activation, gate), up);
    return b.linear(module + ".down_proj", gated, c_.hiddenSize, bias);
  }

  LlamaConfig c_;
};

} // namespace

const Architecture architectures::llama = {"LlamaForCausalLM",
                                           [](const JsonObject &config) -> std::unique_ptr<Blueprint> {
                                             return std::make_unique<Llama>(readLlamaConfig(config));
                                           }};

const Architecture architectures::llama_classifier = {"LlamaForSequenceClassification",
                                                      [](const JsonObject &config) -> std::unique_ptr<Blueprint> {
                                                        LlamaConfig llama = readLlamaConfig(config);
                                                        llama.classes = readClasses(config);
                                                        return std::make_unique<Llama>(std::move(llama));
                                                      }};

} // namespace mase
