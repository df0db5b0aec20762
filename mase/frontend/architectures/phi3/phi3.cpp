// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/phi3/phi3_config.h"
#include "mase/frontend/architectures/rotary_decoder.h"

namespace mase {
namespace {

class Phi3 final : public RotaryDecoder {
public:
  using RotaryDecoder::RotaryDecoder;

private:
  /// q, k and v below each other in one matrix.
  Value attention(ModelBuilder &b, Module module, Value x, int64_t index) const override {
    const AttentionOptions options = attentionOptions(index);
    const int64_t q = c_.heads * c_.headDim, kv = c_.kvHeads * c_.headDim;
    const auto part = [&](const char *name, int64_t first, int64_t features) {
      return b.linear(module + name, x, features, Bias::no,
                      {.module = module + ".qkv_proj", .features = q + 2 * kv, .first = first});
    };
    Value queries = part(".q_proj", 0, q), keys = part(".k_proj", q, kv), values = part(".v_proj", q + kv, kv);
    return b.linear(module + ".o_proj", attend(b, module, queries, keys, values, options), c_.hiddenSize, Bias::no);
  }

  Value mlp(ModelBuilder &b, Module module, Value x) const override {
    const int64_t size = c_.intermediateSize;
    const StoredLinear stored = {.module = module + ".gate_up_proj", .features = 2 * size};
    Value gate = b.linear(module + ".gate_proj", x, size, Bias::no, stored);
    StoredLinear second = stored;
    second.first = size;
    return gatedMlp(b, module, gate, b.linear(module + ".up_proj", x, size, Bias::no, second), Bias::no);
  }
};

} // namespace

const Architecture architectures::phi3 = {"Phi3ForCausalLM", languageModel<Phi3, readPhi3Config>};
const Architecture architectures::phi3_classifier = {"Phi3ForSequenceClassification", classifier<Phi3, readPhi3Config>};

} // namespace mase
