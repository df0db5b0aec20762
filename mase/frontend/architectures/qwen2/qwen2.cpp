// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/qwen2/qwen2_config.h"
#include "mase/frontend/architectures/rotary_decoder.h"

namespace mase {
namespace {

class Qwen2 final : public RotaryDecoder {
public:
  using RotaryDecoder::RotaryDecoder;

private:
  Value attention(ModelBuilder &b, Module module, Value x, int64_t index) const override {
    AttentionOptions options = attentionOptions(index);
    options.bias = Bias::yes;
    options.outputBias = Bias::no;
    return projectedAttention(b, module, x, options);
  }
};

} // namespace

const Architecture architectures::qwen2 = {"Qwen2ForCausalLM", languageModel<Qwen2, readQwen2Config>};
const Architecture architectures::qwen2_classifier = {"Qwen2ForSequenceClassification",
                                                      classifier<Qwen2, readQwen2Config>};

} // namespace mase
