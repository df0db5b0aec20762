// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/rotary_decoder.h"

#include <fmt/format.h>

namespace mase {

mlir::Value RotaryDecoder::wire(ModelBuilder &b, Value ids) const {
  Value table = b.weight("model.embed_tokens", {c_.vocabSize, c_.hiddenSize});
  Value x = embed(b, "model.embed_tokens", ids, table);
  for (int64_t i = 0; i < c_.layers; ++i)
    x = layer(b, fmt::format("model.layers.{}", i), x, i);
  x = norm(b, "model.norm", x);
  if (c_.classes > 0)
    return b.linear("score", b.pool("score", "last", x), c_.classes, Bias::no);
  return logits(
      b, b.linear("lm_head", x, c_.tieWordEmbeddings ? table : b.weight("lm_head", {c_.vocabSize, c_.hiddenSize})));
}

mlir::Value RotaryDecoder::embed(ModelBuilder &b, Module module, Value ids, Value table) const {
  return b.embedding(module, ids, table);
}

mlir::Value RotaryDecoder::norm(ModelBuilder &b, Module module, Value x) const {
  return b.rmsNorm(module, x, c_.rmsNormEpsilon);
}

mlir::Value RotaryDecoder::layer(ModelBuilder &b, Module module, Value x, int64_t index) const {
  x = b.add(module, x, attention(b, module + ".self_attn", norm(b, module + ".input_layernorm", x), index));
  return b.add(module, x, mlp(b, module + ".mlp", norm(b, module + ".post_attention_layernorm", x)));
}

AttentionOptions RotaryDecoder::attentionOptions(int64_t index) const {
  return {.heads = c_.heads,
          .kvHeads = c_.kvHeads,
          .headDim = c_.headDim,
          .output = "o_proj",
          .rope = c_.rope,
          .window = c_.windows[static_cast<size_t>(index)]};
}

mlir::Value RotaryDecoder::attention(ModelBuilder &b, Module module, Value x, int64_t index) const {
  return projectedAttention(b, module, x, attentionOptions(index));
}

mlir::Value RotaryDecoder::mlp(ModelBuilder &b, Module module, Value x) const {
  Value gate = b.linear(module + ".gate_proj", x, c_.intermediateSize, Bias::no);
  Value up = b.linear(module + ".up_proj", x, c_.intermediateSize, Bias::no);
  return gatedMlp(b, module, gate, up, Bias::no);
}

mlir::Value RotaryDecoder::gatedMlp(ModelBuilder &b, Module module, Value gate, Value up, Bias bias) const {
  Value gated = b.mul(module, b.activation(module, c_.activation, gate), up);
  return b.linear(module + ".down_proj", gated, c_.hiddenSize, bias);
}

} // namespace mase
