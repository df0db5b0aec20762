// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/architecture.h"
#include "mase/frontend/architectures/attention.h"
#include "mase/frontend/architectures/config_keys.h"
#include "mase/frontend/architectures/model_builder.h"
#include "mase/frontend/architectures/opt/opt_config.h"

#include <fmt/format.h>

namespace mase {
namespace {

constexpr int64_t positionOffset = 2;     // rows that the table of positions holds before position 0
constexpr double layerNormEpsilon = 1e-5; // PyTorch's default; no key of the config says it

class Opt final : public Blueprint {
public:
  explicit Opt(OptConfig config) : c_(std::move(config)), bias_(c_.bias ? Bias::yes : Bias::no) {}

  const ModelConfig &config() const override { return c_; }

  mlir::Value wire(ModelBuilder &b, mlir::Value ids) const override {
    const std::string decoder = "model.decoder";
    mlir::Value table = b.weight(decoder + ".embed_tokens", {c_.vocabSize, c_.embeddingSize});
    mlir::Value x = b.embedding(decoder + ".embed_tokens", ids, table);
    if (c_.embeddingSize != c_.hiddenSize)
      x = b.linear(decoder + ".project_in", x, c_.hiddenSize, Bias::no);
    x = b.positionEmbedding(decoder + ".embed_positions", x, c_.maxPositions, positionOffset);
    for (int64_t i = 0; i < c_.layers; ++i) {
      const std::string layer = fmt::format("{}.layers.{}", decoder, i);
      x = branch(b, layer, ".self_attn_layer_norm", x, [&](mlir::Value rows) {
        return projectedAttention(b, layer + ".self_attn", rows,
                                  {.heads = c_.heads,
                                   .kvHeads = c_.heads,
                                   .headDim = c_.hiddenSize / c_.heads,
                                   .output = "out_proj",
                                   .bias = bias_});
      });
      x = branch(b, layer, ".final_layer_norm", x, [&](mlir::Value rows) {
        mlir::Value wide = b.linear(layer + ".fc1", rows, c_.ffnSize, bias_);
        return b.linear(layer + ".fc2", b.activation(layer, c_.activation, wide), c_.hiddenSize, bias_);
      });
    }
    if (c_.finalNorm)
      x = b.layerNorm(decoder + ".final_layer_norm", x, layerNormEpsilon);
    if (c_.embeddingSize != c_.hiddenSize)
      x = b.linear(decoder + ".project_out", x, c_.embeddingSize, Bias::no);
    if (c_.classes > 0)
      return b.linear("score", b.pool("score", "last", x), c_.classes, Bias::no);
    return b.linear("lm_head", x, c_.tieWordEmbeddings ? table : b.weight("lm_head", {c_.vocabSize, c_.embeddingSize}));
  }

private:
  /// x + branch(norm(x)), or norm(x + branch(x)).
  template <typename Branch>
  mlir::Value branch(ModelBuilder &b, const std::string &layer, const char *norm, mlir::Value x,
                     const Branch &branch) const {
    const auto normalized = [&](mlir::Value rows) { return b.layerNorm(layer + norm, rows, layerNormEpsilon); };
    return c_.normBefore ? b.add(layer, x, branch(normalized(x))) : normalized(b.add(layer, x, branch(x)));
  }

  OptConfig c_;
  Bias bias_;
};

} // namespace

const Architecture architectures::opt = {"OPTForCausalLM", languageModel<Opt, readOptConfig>};
const Architecture architectures::opt_classifier = {"OPTForSequenceClassification", classifier<Opt, readOptConfig>};

} // namespace mase
