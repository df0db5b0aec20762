// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/architecture.h"
#include "mase/frontend/architectures/attention.h"
#include "mase/frontend/architectures/gpt_neox/gpt_neox_config.h"

#include <fmt/format.h>

namespace mase {
namespace {

class GptNeox final : public Blueprint {
public:
  explicit GptNeox(GptNeoxConfig config) : c_(std::move(config)) {}

  const ModelConfig &config() const override { return c_; }
  /// Old checkpoints carry the causal masks and the angles.
  std::vector<std::string> derivedTensors() const override {
    return {".attention.bias", ".attention.masked_bias", ".rotary_emb.inv_freq"};
  }

  mlir::Value wire(ModelBuilder &b, mlir::Value ids) const override {
    mlir::Value table = b.weight("gpt_neox.embed_in", {c_.vocabSize, c_.hiddenSize});
    mlir::Value x = b.embedding("gpt_neox.embed_in", ids, table);
    for (int64_t i = 0; i < c_.layers; ++i) {
      const std::string layer = fmt::format("gpt_neox.layers.{}", i);
      mlir::Value mixed = attention(b, layer + ".attention", norm(b, layer + ".input_layernorm", x));
      mlir::Value sum = b.add(layer, x, mixed);
      mlir::Value read = c_.parallel ? x : sum;
      x = b.add(layer, sum, mlp(b, layer + ".mlp", norm(b, layer + ".post_attention_layernorm", read)));
    }
    x = norm(b, "gpt_neox.final_layer_norm", x);
    if (c_.classes > 0)
      return b.linear("score", b.pool("score", "last", x), c_.classes, Bias::no);
    return b.linear("embed_out", x,
                    c_.tieWordEmbeddings ? table : b.weight("embed_out", {c_.vocabSize, c_.hiddenSize}));
  }

private:
  using Module = const std::string &;

  mlir::Value norm(ModelBuilder &b, Module module, mlir::Value x) const {
    return b.layerNorm(module, x, c_.layerNormEpsilon);
  }

  /// Of each head its q, then its k, then its v.
  mlir::Value attention(ModelBuilder &b, Module module, mlir::Value x) const {
    const int64_t size = c_.hiddenSize, head = size / c_.heads;
    const Bias bias = c_.attentionBias ? Bias::yes : Bias::no;
    const auto part = [&](const char *name, int64_t index) {
      return b.linear(module + name, x, size, bias,
                      {.module = module + ".query_key_value",
                       .features = 3 * size,
                       .first = index * head,
                       .run = head,
                       .stride = 3 * head});
    };
    mlir::Value q = part(".q_proj", 0), k = part(".k_proj", 1), v = part(".v_proj", 2);
    const AttentionOptions options = {.heads = c_.heads, .kvHeads = c_.heads, .headDim = head, .rope = c_.rope};
    return b.linear(module + ".dense", attend(b, module, q, k, v, options), size, bias);
  }

  mlir::Value mlp(ModelBuilder &b, Module module, mlir::Value x) const {
    mlir::Value wide = b.linear(module + ".dense_h_to_4h", x, c_.intermediateSize, Bias::yes);
    return b.linear(module + ".dense_4h_to_h", b.activation(module, c_.activation, wide), c_.hiddenSize, Bias::yes);
  }

  GptNeoxConfig c_;
};

} // namespace

const Architecture architectures::gpt_neox = {"GPTNeoXForCausalLM", languageModel<GptNeox, readGptNeoxConfig>};
const Architecture architectures::gpt_neox_classifier = {"GPTNeoXForSequenceClassification",
                                                         classifier<GptNeox, readGptNeoxConfig>};

} // namespace mase
