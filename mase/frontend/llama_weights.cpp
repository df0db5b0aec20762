// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/llama_weights.h"

#include "mase/frontend/json.h"
#include "mase/support/error.h"

#include <algorithm>
#include <set>

namespace mase {
namespace {

constexpr const char *embedding = "model.embed_tokens.weight";
constexpr const char *head = "lm_head.weight";

class Collector {
public:
  void weight(std::string name, std::vector<int64_t> shape) {
    tensors.push_back({std::move(name) + ".weight", std::move(shape)});
  }
  void linear(const std::string &name, int64_t outputs, int64_t inputs, bool hasBias) {
    weight(name, {outputs, inputs});
    if (hasBias)
      tensors.push_back({name + ".bias", {outputs}});
  }
  std::vector<ExpectedTensor> tensors;
};

/// Buffers of old checkpoints that the config determines.
bool isDerived(const Tensor &tensor) { return tensor.name.ends_with(".rotary_emb.inv_freq"); }

/// Some checkpoints hold a tied head beside the embedding: harmless as long as it is the embedding.
bool isTiedCopy(const LlamaConfig &config, const TensorTable &table, const Tensor &tensor) {
  const Tensor *source = table.find(embedding);
  return config.tieWordEmbeddings && tensor.name == head && source && tensor.dtype == source->dtype &&
         std::ranges::equal(tensor.bytes, source->bytes);
}

} // namespace

std::vector<ExpectedTensor> llamaTensors(const LlamaConfig &config) {
  Collector all;
  all.weight("model.embed_tokens", {config.vocabSize, config.hiddenSize});
  for (int64_t i = 0; i < config.layers; ++i) {
    std::string layer = fmt::format("model.layers.{}.", i);
    int64_t hidden = config.hiddenSize, query = config.heads * config.headDim, key = config.kvHeads * config.headDim;
    all.weight(layer + "input_layernorm", {hidden});
    all.linear(layer + "self_attn.q_proj", query, hidden, config.attentionBias);
    all.linear(layer + "self_attn.k_proj", key, hidden, config.attentionBias);
    all.linear(layer + "self_attn.v_proj", key, hidden, config.attentionBias);
    all.linear(layer + "self_attn.o_proj", hidden, query, config.attentionBias);
    all.weight(layer + "post_attention_layernorm", {hidden});
    all.linear(layer + "mlp.gate_proj", config.intermediateSize, hidden, config.mlpBias);
    all.linear(layer + "mlp.up_proj", config.intermediateSize, hidden, config.mlpBias);
    all.linear(layer + "mlp.down_proj", hidden, config.intermediateSize, config.mlpBias);
  }
  all.weight("model.norm", {config.hiddenSize});
  if (!config.tieWordEmbeddings)
    all.weight("lm_head", {config.vocabSize, config.hiddenSize});
  return all.tensors;
}

void checkLlamaTensors(const LlamaConfig &config, const TensorTable &table) {
  if (table.tensors().empty())
    fail("the model's weights: there is no tensor at all");
  std::string file = table.tensors().front().file;
  std::set<std::string> expectedNames;
  for (const ExpectedTensor &expected : llamaTensors(config)) {
    const Tensor *found = table.find(expected.name);
    if (!found)
      fail("{}: tensor {} ({}) is missing", file, expected.name, shapeText(expected.shape));
    if (found->shape != expected.shape)
      fail("{}: tensor {} is {}, but the config needs {}", found->file, expected.name, shapeText(found->shape),
           shapeText(expected.shape));
    if (found->dtype == Dtype::NotFloat)
      fail("{}: weight {} has dtype {} (read: F32, F16, BF16)", found->file, expected.name, found->dtypeName);
    expectedNames.insert(expected.name);
  }
  for (const Tensor &tensor : table.tensors())
    if (!expectedNames.contains(tensor.name) && !isDerived(tensor) && !isTiedCopy(config, table, tensor))
      fail("{}: tensor {} ({}) has no place in the model that the config describes", tensor.file, inQuotes(tensor.name),
           shapeText(tensor.shape));
}

} // namespace mase
