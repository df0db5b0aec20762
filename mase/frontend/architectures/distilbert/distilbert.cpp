// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/architecture.h"
#include "mase/frontend/architectures/attention.h"
#include "mase/frontend/architectures/distilbert/distilbert_config.h"

#include <fmt/format.h>

namespace mase {
namespace {

constexpr double layerNormEpsilon = 1e-12; // no key of the config says it

class DistilBert final : public Blueprint {
public:
  explicit DistilBert(DistilBertConfig config) : c_(std::move(config)) {}

  const ModelConfig &config() const override { return c_; }
  /// Old checkpoints carry the numbers 0, 1, 2 ... of the positions.
  std::vector<std::string> derivedTensors() const override { return {".embeddings.position_ids"}; }

  mlir::Value wire(ModelBuilder &b, mlir::Value ids) const override {
    const std::string embeddings = "distilbert.embeddings";
    mlir::Value table = b.weight(embeddings + ".word_embeddings", {c_.vocabSize, c_.hiddenSize});
    mlir::Value x = b.embedding(embeddings + ".word_embeddings", ids, table);
    x = b.positionEmbedding(embeddings + ".position_embeddings", x, c_.maxPositions, 0);
    x = b.layerNorm(embeddings + ".LayerNorm", x, layerNormEpsilon);
    for (int64_t i = 0; i < c_.layers; ++i)
      x = layer(b, fmt::format("distilbert.transformer.layer.{}", i), x);
    mlir::Value first = b.linear("pre_classifier", b.pool("pre_classifier", "first", x), c_.hiddenSize, Bias::yes);
    return b.linear("classifier", b.activation("pre_classifier", "relu", first), c_.classes, Bias::yes);
  }

private:
  /// norm(x + branch(x)), twice.
  mlir::Value layer(ModelBuilder &b, const std::string &module, mlir::Value x) const {
    const std::string attention = module + ".attention", ffn = module + ".ffn";
    const auto linear = [&](const char *name) { return b.linear(attention + name, x, c_.hiddenSize, Bias::yes); };
    mlir::Value q = linear(".q_lin"), k = linear(".k_lin"), v = linear(".v_lin");
    const AttentionOptions options = {
        .heads = c_.heads, .kvHeads = c_.heads, .headDim = c_.hiddenSize / c_.heads, .causal = false};
    mlir::Value mixed =
        b.linear(attention + ".out_lin", attend(b, attention, q, k, v, options), c_.hiddenSize, Bias::yes);
    x = b.layerNorm(module + ".sa_layer_norm", b.add(attention, x, mixed), layerNormEpsilon);
    mlir::Value wide = b.activation(ffn, c_.activation, b.linear(ffn + ".lin1", x, c_.intermediateSize, Bias::yes));
    mlir::Value narrow = b.linear(ffn + ".lin2", wide, c_.hiddenSize, Bias::yes);
    return b.layerNorm(module + ".output_layer_norm", b.add(module, x, narrow), layerNormEpsilon);
  }

  DistilBertConfig c_;
};

} // namespace

const Architecture architectures::distilbert = {"DistilBertForSequenceClassification",
                                                languageModel<DistilBert, readDistilBertConfig>};

} // namespace mase
