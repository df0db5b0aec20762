// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/architecture.h"
#include "mase/frontend/architectures/attention.h"
#include "mase/frontend/architectures/gpt2/gpt2_config.h"

#include <fmt/format.h>

namespace mase {
namespace {

class Gpt2 final : public Blueprint {
public:
  explicit Gpt2(Gpt2Config config) : c_(std::move(config)) {}

  const ModelConfig &config() const override { return c_; }
  /// Old checkpoints carry the causal masks.
  std::vector<std::string> derivedTensors() const override { return {".attn.bias", ".attn.masked_bias"}; }
  std::string omissiblePrefix() const override { return "transformer."; }

  mlir::Value wire(ModelBuilder &b, mlir::Value ids) const override {
    mlir::Value table = b.weight("transformer.wte", {c_.vocabSize, c_.hiddenSize});
    mlir::Value x = b.embedding("transformer.wte", ids, table);
    x = b.positionEmbedding("transformer.wpe", x, c_.maxPositions, 0);
    for (int64_t i = 0; i < c_.layers; ++i) {
      const std::string layer = fmt::format("transformer.h.{}", i);
      x = b.add(layer, x, attention(b, layer + ".attn", b.layerNorm(layer + ".ln_1", x, c_.layerNormEpsilon)));
      x = b.add(layer, x, mlp(b, layer + ".mlp", b.layerNorm(layer + ".ln_2", x, c_.layerNormEpsilon)));
    }
    x = b.layerNorm("transformer.ln_f", x, c_.layerNormEpsilon);
    if (c_.classes > 0)
      return b.linear("score", b.pool("score", "last", x), c_.classes, Bias::no);
    return b.linear("lm_head", x, c_.tieWordEmbeddings ? table : b.weight("lm_head", {c_.vocabSize, c_.hiddenSize}));
  }

private:
  using Module = const std::string &;

  /// A matrix that is stored as (in, out).
  static mlir::Value conv1d(ModelBuilder &b, Module module, mlir::Value x, int64_t features) {
    return b.linear(module, x, features, Bias::yes, {.module = module, .features = features, .transposed = true});
  }

  mlir::Value attention(ModelBuilder &b, Module module, mlir::Value x) const {
    const int64_t size = c_.hiddenSize;
    const auto part = [&](const char *name, int64_t index) {
      return b.linear(module + name, x, size, Bias::yes,
                      {.module = module + ".c_attn", .features = 3 * size, .first = index * size, .transposed = true});
    };
    mlir::Value q = part(".q_proj", 0), k = part(".k_proj", 1), v = part(".v_proj", 2);
    const AttentionOptions options = {.heads = c_.heads, .kvHeads = c_.heads, .headDim = size / c_.heads};
    return conv1d(b, module + ".c_proj", attend(b, module, q, k, v, options), size);
  }

  mlir::Value mlp(ModelBuilder &b, Module module, mlir::Value x) const {
    mlir::Value wide = conv1d(b, module + ".c_fc", x, c_.innerSize);
    return conv1d(b, module + ".c_proj", b.activation(module, c_.activation, wide), c_.hiddenSize);
  }

  Gpt2Config c_;
};

} // namespace

const Architecture architectures::gpt2 = {"GPT2LMHeadModel", languageModel<Gpt2, readGpt2Config>};
const Architecture architectures::gpt2_classifier = {"GPT2ForSequenceClassification", classifier<Gpt2, readGpt2Config>};

} // namespace mase
