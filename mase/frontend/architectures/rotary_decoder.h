// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The wiring that decoders with RMSNorm, rotary positions and a gated MLP share, with the tensors' names that all of
/// them have. LLaMA is this as it stands; another one overrides what differs.
///
/// Layer i is module "model.layers.i": x + attention(norm(x)), then x + mlp(norm(x)). Behind the last one stand a norm
/// and `lm_head`, or for a classifier `score` of the last token.
#pragma once

#include "mase/frontend/architectures/architecture.h"
#include "mase/frontend/architectures/attention.h"
#include "mase/frontend/architectures/rotary_decoder_config.h"

namespace mase {

class RotaryDecoder : public Blueprint {
public:
  explicit RotaryDecoder(RotaryDecoderConfig config) : c_(std::move(config)) {}

  const ModelConfig &config() const override { return c_; }
  /// Old checkpoints carry the angles, which the config determines.
  std::vector<std::string> derivedTensors() const override { return {".rotary_emb.inv_freq"}; }
  mlir::Value wire(ModelBuilder &b, mlir::Value ids) const override;

protected:
  using Value = mlir::Value;
  using Module = const std::string &;

  virtual Value embed(ModelBuilder &b, Module module, Value ids, Value table) const;
  virtual Value norm(ModelBuilder &b, Module module, Value x) const;
  /// Both branches with their norms.
  virtual Value layer(ModelBuilder &b, Module module, Value x, int64_t index) const;
  /// The linears without biases; whatever else it has, an architecture says itself.
  virtual Value attention(ModelBuilder &b, Module module, Value x, int64_t index) const;
  virtual Value mlp(ModelBuilder &b, Module module, Value x) const;
  virtual Value logits(ModelBuilder &, Value x) const { return x; }

  /// Of layer `index`.
  AttentionOptions attentionOptions(int64_t index) const;
  /// down(activation(gate) * up)
  Value gatedMlp(ModelBuilder &b, Module module, Value gate, Value up, Bias bias) const;

  RotaryDecoderConfig c_;
};

} // namespace mase
