// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/llama/llama_config.h"
#include "mase/frontend/architectures/rotary_decoder.h"

namespace mase {
namespace {

class Llama final : public RotaryDecoder {
public:
  explicit Llama(const LlamaConfig &config)
      : RotaryDecoder(config), attentionBias_(config.attentionBias ? Bias::yes : Bias::no),
        mlpBias_(config.mlpBias ? Bias::yes : Bias::no) {}

private:
  Value attention(ModelBuilder &b, Module module, Value x, int64_t index) const override {
    AttentionOptions options = attentionOptions(index);
    options.bias = attentionBias_;
    return projectedAttention(b, module, x, options);
  }

  Value mlp(ModelBuilder &b, Module module, Value x) const override {
    Value gate = b.linear(module + ".gate_proj", x, c_.intermediateSize, mlpBias_);
    Value up = b.linear(module + ".up_proj", x, c_.intermediateSize, mlpBias_);
    return gatedMlp(b, module, gate, up, mlpBias_);
  }

  Bias attentionBias_, mlpBias_;
};

} // namespace

const Architecture architectures::llama = {"LlamaForCausalLM", languageModel<Llama, readLlamaConfig>};
const Architecture architectures::llama_classifier = {"LlamaForSequenceClassification",
                                                      classifier<Llama, readLlamaConfig>};

} // namespace mase
