// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The architectures that GGUF files may have: one entry each.
#include "mase/frontend/gguf/gguf_architecture.h"

#include "mase/support/error.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace mase::gguf {
namespace {
using Kind = ConfigKey::Kind;

const std::vector<ConfigKey> decoderKeys = {
    {"block_count", "num_hidden_layers"},
    {"context_length", "max_position_embeddings"},
    {"embedding_length", "hidden_size"},
    {"feed_forward_length", "intermediate_size"},
    {"attention.head_count", "num_attention_heads"},
    {"attention.head_count_kv", "num_key_value_heads", Kind::integer, true},
    {"attention.key_length", "head_dim", Kind::integer, true},
    {"attention.layer_norm_rms_epsilon", "rms_norm_eps", Kind::number},
    {"rope.freq_base", "rope_theta", Kind::number, true},
};
const std::vector<const char *> headSizes = {"rope.dimension_count", "attention.value_length"};

/// Of a gated decoder with RMSNorm; `query` and `key` interleave their rows or do not.
std::vector<TensorNames> gatedDecoder(const char *query, const char *key) {
  return {{"token_embd.weight", "model.embed_tokens.weight"},
          {"output_norm.weight", "model.norm.weight"},
          {"output.weight", "lm_head.weight"},
          {"blk.{}.attn_norm.weight", "model.layers.{}.input_layernorm.weight"},
          {"blk.{}.attn_q.weight", "model.layers.{}.self_attn.q_proj.weight", query},
          {"blk.{}.attn_k.weight", "model.layers.{}.self_attn.k_proj.weight", key},
          {"blk.{}.attn_v.weight", "model.layers.{}.self_attn.v_proj.weight"},
          {"blk.{}.attn_output.weight", "model.layers.{}.self_attn.o_proj.weight"},
          {"blk.{}.ffn_norm.weight", "model.layers.{}.post_attention_layernorm.weight"},
          {"blk.{}.ffn_gate.weight", "model.layers.{}.mlp.gate_proj.weight"},
          {"blk.{}.ffn_up.weight", "model.layers.{}.mlp.up_proj.weight"},
          {"blk.{}.ffn_down.weight", "model.layers.{}.mlp.down_proj.weight"}};
}

std::vector<TensorNames> with(std::vector<TensorNames> names, const std::vector<TensorNames> &more) {
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

const std::vector<GgufArchitecture> &table() {
  static const std::vector<GgufArchitecture> architectures = {
      {"llama", R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu"})", decoderKeys,
       headSizes, gatedDecoder("attention.head_count", "attention.head_count_kv")},
      {"qwen2", R"({"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_act": "silu"})", decoderKeys,
       headSizes,
       with(gatedDecoder(nullptr, nullptr), {{"blk.{}.attn_q.bias", "model.layers.{}.self_attn.q_proj.bias"},
                                             {"blk.{}.attn_k.bias", "model.layers.{}.self_attn.k_proj.bias"},
                                             {"blk.{}.attn_v.bias", "model.layers.{}.self_attn.v_proj.bias"}})},
      {"qwen3", R"({"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_act": "silu"})", decoderKeys,
       headSizes,
       with(gatedDecoder(nullptr, nullptr),
            {{"blk.{}.attn_q_norm.weight", "model.layers.{}.self_attn.q_norm.weight"},
             {"blk.{}.attn_k_norm.weight", "model.layers.{}.self_attn.k_norm.weight"}})},
  };
  return architectures;
}

} // namespace

const GgufArchitecture &ggufArchitecture(const File &file) {
  const std::string name = file.text("general.architecture");
  std::vector<std::string_view> known;
  for (const GgufArchitecture &architecture : table()) {
    if (name == architecture.name)
      return architecture;
    known.emplace_back(architecture.name);
  }
  fail("{}: general.architecture {} is not known (known in GGUF: {})", file.name(), inQuotes(name),
       fmt::join(known, ", "));
}

} // namespace mase::gguf
