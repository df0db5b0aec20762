// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/qwen3/qwen3_config.h"
#include "mase/frontend/architectures/rotary_decoder.h"

namespace mase {
namespace {

class Qwen3 final : public RotaryDecoder {
public:
  explicit Qwen3(const Qwen3Config &config)
      : RotaryDecoder(config), bias_(config.attentionBias ? Bias::yes : Bias::no) {}

private:
  Value attention(ModelBuilder &b, Module module, Value x, int64_t index) const override {
    AttentionOptions options = attentionOptions(index);
    options.bias = bias_;
    options.headNorms = c_.rmsNormEpsilon;
    return projectedAttention(b, module, x, options);
  }

  Bias bias_;
};

} // namespace

const Architecture architectures::qwen3 = {"Qwen3ForCausalLM", languageModel<Qwen3, readQwen3Config>};
const Architecture architectures::qwen3_classifier = {"Qwen3ForSequenceClassification",
                                                      classifier<Qwen3, readQwen3Config>};

} // namespace mase
