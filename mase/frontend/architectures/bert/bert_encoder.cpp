// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/bert/bert_encoder.h"

#include "mase/frontend/architectures/attention.h"

#include <fmt/format.h>

namespace mase {

mlir::Value BertEncoder::wire(ModelBuilder &b, mlir::Value ids) const {
  const std::string embeddings = root_ + ".embeddings";
  mlir::Value table = b.weight(embeddings + ".word_embeddings", {c_.vocabSize, c_.hiddenSize});
  mlir::Value x = b.embedding(embeddings + ".word_embeddings", ids, table);
  x = b.tokenTypeEmbedding(embeddings + ".token_type_embeddings", x, c_.tokenTypes);
  x = b.positionEmbedding(embeddings + ".position_embeddings", x, c_.maxPositions, c_.positionOffset);
  x = norm(b, embeddings + ".LayerNorm", x);
  for (int64_t i = 0; i < c_.layers; ++i)
    x = layer(b, fmt::format("{}.encoder.layer.{}", root_, i), x);
  return head(b, x);
}

mlir::Value BertEncoder::norm(ModelBuilder &b, const std::string &module, mlir::Value x) const {
  return b.layerNorm(module, x, c_.layerNormEpsilon);
}

/// norm(x + branch(x)), twice.
mlir::Value BertEncoder::layer(ModelBuilder &b, const std::string &module, mlir::Value x) const {
  const std::string attention = module + ".attention";
  x = norm(b, attention + ".output.LayerNorm", b.add(attention, x, mixed(b, attention, x)));
  mlir::Value wide = b.linear(module + ".intermediate.dense", x, c_.intermediateSize, Bias::yes);
  wide = b.activation(module + ".intermediate", c_.activation, wide);
  mlir::Value narrow = b.linear(module + ".output.dense", wide, c_.hiddenSize, Bias::yes);
  return norm(b, module + ".output.LayerNorm", b.add(module, x, narrow));
}

mlir::Value BertEncoder::mixed(ModelBuilder &b, const std::string &module, mlir::Value x) const {
  const std::string self = module + ".self";
  mlir::Value q = b.linear(self + ".query", x, c_.hiddenSize, Bias::yes);
  mlir::Value k = b.linear(self + ".key", x, c_.hiddenSize, Bias::yes);
  mlir::Value v = b.linear(self + ".value", x, c_.hiddenSize, Bias::yes);
  const AttentionOptions options = {
      .heads = c_.heads, .kvHeads = c_.heads, .headDim = c_.hiddenSize / c_.heads, .causal = false};
  return b.linear(module + ".output.dense", attend(b, self, q, k, v, options), c_.hiddenSize, Bias::yes);
}

} // namespace mase
