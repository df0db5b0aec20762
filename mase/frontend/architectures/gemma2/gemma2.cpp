// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/gemma2/gemma2_config.h"
#include "mase/frontend/architectures/rotary_decoder.h"

#include <cmath>

namespace mase {
namespace {

class Gemma2 final : public RotaryDecoder {
public:
  explicit Gemma2(const Gemma2Config &config) : RotaryDecoder(config), gemma_(config) {}

private:
  Value embed(ModelBuilder &b, Module module, Value ids, Value) const override {
    const std::vector<int64_t> shape = {c_.vocabSize, c_.hiddenSize};
    const double factor = std::sqrt(static_cast<double>(c_.hiddenSize));
    return b.embedding(module, ids, b.weight(module + ".weight", {.shape = shape, .stored = shape, .times = factor}));
  }

  /// The file has what the weight exceeds 1 by.
  Value norm(ModelBuilder &b, Module module, Value x) const override {
    return b.rmsNorm(module, x, c_.rmsNormEpsilon, 1);
  }

  /// A norm in front of each branch and one behind it.
  Value layer(ModelBuilder &b, Module module, Value x, int64_t index) const override {
    Value mixed = attention(b, module + ".self_attn", norm(b, module + ".input_layernorm", x), index);
    x = b.add(module, x, norm(b, module + ".post_attention_layernorm", mixed));
    Value bent = mlp(b, module + ".mlp", norm(b, module + ".pre_feedforward_layernorm", x));
    return b.add(module, x, norm(b, module + ".post_feedforward_layernorm", bent));
  }

  Value attention(ModelBuilder &b, Module module, Value x, int64_t index) const override {
    AttentionOptions options = attentionOptions(index);
    options.scale = gemma_.scale;
    options.cap = gemma_.attentionCap;
    return projectedAttention(b, module, x, options);
  }

  Value logits(ModelBuilder &b, Value x) const override {
    return gemma_.logitCap > 0 ? b.softCap("lm_head", x, 1, gemma_.logitCap) : x;
  }

  Gemma2Config gemma_;
};

} // namespace

const Architecture architectures::gemma2 = {"Gemma2ForCausalLM", languageModel<Gemma2, readGemma2Config>};
const Architecture architectures::gemma2_classifier = {"Gemma2ForSequenceClassification",
                                                       classifier<Gemma2, readGemma2Config>};

} // namespace mase
