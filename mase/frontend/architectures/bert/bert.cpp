// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/architecture.h"
#include "mase/frontend/architectures/attention.h"
#include "mase/frontend/architectures/bert/bert_config.h"
#include "mase/frontend/architectures/model_builder.h"

#include <fmt/format.h>

namespace mase {
namespace {

class Bert final : public Blueprint {
public:
  explicit Bert(BertConfig config) : c_(std::move(config)) {}

  const ModelConfig &config() const override { return c_; }

  /// Old checkpoints carry the numbers 0, 1, 2 ... of the positions.
  std::vector<std::string> derivedTensors() const override { return {".embeddings.position_ids"}; }

  mlir::Value wire(ModelBuilder &b, mlir::Value ids) const override {
    const std::string embeddings = "bert.embeddings";
    mlir::Value table = b.weight(embeddings + ".word_embeddings", {c_.vocabSize, c_.hiddenSize});
    mlir::Value x = b.embedding(embeddings + ".word_embeddings", ids, table);
    x = b.tokenTypeEmbedding(embeddings + ".token_type_embeddings", x, c_.tokenTypes);
    x = b.positionEmbedding(embeddings + ".position_embeddings", x, c_.maxPositions, 0);
    x = norm(b, embeddings + ".LayerNorm", x);
    for (int64_t i = 0; i < c_.layers; ++i)
      x = layer(b, fmt::format("bert.encoder.layer.{}", i), x);
    mlir::Value first = b.pool("bert.pooler", "first", x);
    first = b.tanh("bert.pooler", b.linear("bert.pooler.dense", first, c_.hiddenSize, Bias::yes));
    return b.linear("classifier", first, c_.classes, Bias::yes);
  }

private:
  mlir::Value norm(ModelBuilder &b, const std::string &module, mlir::Value x) const {
    return b.layerNorm(module, x, c_.layerNormEpsilon);
  }

  /// norm(x + branch(x)), twice.
  mlir::Value layer(ModelBuilder &b, const std::string &module, mlir::Value x) const {
    const std::string attention = module + ".attention";
    x = norm(b, attention + ".output.LayerNorm", b.add(attention, x, mixed(b, attention, x)));
    mlir::Value wide = b.linear(module + ".intermediate.dense", x, c_.intermediateSize, Bias::yes);
    wide = b.activation(module + ".intermediate", c_.activation, wide);
    mlir::Value narrow = b.linear(module + ".output.dense", wide, c_.hiddenSize, Bias::yes);
    return norm(b, module + ".output.LayerNorm", b.add(module, x, narrow));
  }

  mlir::Value mixed(ModelBuilder &b, const std::string &module, mlir::Value x) const {
    const std::string self = module + ".self";
    mlir::Value q = b.linear(self + ".query", x, c_.hiddenSize, Bias::yes);
    mlir::Value k = b.linear(self + ".key", x, c_.hiddenSize, Bias::yes);
    mlir::Value v = b.linear(self + ".value", x, c_.hiddenSize, Bias::yes);
    const AttentionOptions options = {
        .heads = c_.heads, .kvHeads = c_.heads, .headDim = c_.hiddenSize / c_.heads, .causal = false};
    return b.linear(module + ".output.dense", attend(b, self, q, k, v, options), c_.hiddenSize, Bias::yes);
  }

  BertConfig c_;
};

} // namespace

const Architecture architectures::bert = {"BertForSequenceClassification",
                                          [](const JsonObject &config) -> std::unique_ptr<Blueprint> {
                                            return std::make_unique<Bert>(readBertConfig(config));
                                          }};

} // namespace mase
