// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// For tests only: a LLaMA of two layers and width 64 with random weights, as a graph, without files and without MLIR,
/// and a BERT of one such layer that tells three classes apart.
///
/// Four heads of 16, in the LLaMA with two of keys and values; the vocabulary has 64 ids, the longest sequence 32
/// tokens.
#pragma once

#include "mase/runtime/plan.h"
#include "mase/support/random.h"

#include <cmath>
#include <list>
#include <map>

namespace mase::testing_model {

class TinyModel {
public:
  explicit TinyModel(uint64_t seed = 1) : random_(seed) {
    graph_.maxRows = 32;
    graph_.vocabulary = 64;
  }

  /// attention  false: only what is between the attentions, one token at a time
  /// tied       the last linear's weights are the embedding's table
  Graph graph(bool attention = true, bool tied = false) {
    int x = step("embedding", {}, {1, 64}, {{64, 64}}, {}, "", "model.embed_tokens.weight");
    for (int layer = 0; layer < 2; ++layer) {
      const std::string name = "model.layers." + std::to_string(layer) + ".";
      if (attention)
        x = attend(name, x);
      int n = norm(name + "post_attention_layernorm", x);
      int gate = step("silu", {linear(name + "mlp.gate_proj", n, 64, 96)}, {1, 96});
      int h = step("mul", {gate, linear(name + "mlp.up_proj", n, 64, 96)}, {1, 96});
      x = step("add", {x, linear(name + "mlp.down_proj", h, 96, 64)}, {1, 64});
    }
    linear("lm_head", norm("model.norm", x), 64, 64);
    if (tied)
      graph_.steps.back().op.constants = graph_.steps.front().op.constants;
    graph_.memory = memory_;
    return graph_;
  }

  /// `positions`: the longest sequence. Two types of tokens.
  Graph encoder(int64_t positions = 32) {
    graph_.maxRows = positions;
    graph_.tokenTypes = 2;
    int x = step("embedding", {}, {1, 64}, {{64, 64}}, {}, "", "embeddings.words.weight");
    x = step("token_type_embedding", {x}, {1, 64}, {{2, 64}}, {}, "", "embeddings.types.weight");
    x = step("position_embedding", {x}, {1, 64}, {{positions, 64}}, {{"offset", int64_t{0}}}, "",
             "embeddings.p.weight");
    x = layerNorm("embeddings.norm", x);
    const auto heads = [&](const char *name) { return step("split_heads", {linear(name, x, 64, 64)}, {4, 16}); };
    const int q = heads("layer.0.query"), k = heads("layer.0.key"), v = heads("layer.0.value");
    const int scores = step("matmul", {q, k}, {4, -1}, {}, {{"transpose_rhs", true}});
    const int p = step("softmax", {scores}, {4, -1}, {}, {{"scale", 0.25}});
    const int o = step("merge_heads", {step("matmul", {p, v}, {4, 16})}, {1, 64});
    x = layerNorm("layer.0.norm", step("add", {x, linear("layer.0.output", o, 64, 64)}, {1, 64}));
    const int wide = step("gelu", {linear("layer.0.wide", x, 64, 96)}, {1, 96});
    x = layerNorm("layer.0.last", step("add", {x, linear("layer.0.narrow", wide, 96, 64)}, {1, 64}));
    x = step("pool", {x}, {1, 64, 1}, {}, {{"token", std::string("first")}});
    x = step("tanh", {linear("pooler", x, 64, 64, 1)}, {1, 64, 1});
    linear("classifier", x, 64, 3, 1);
    graph_.memory = memory_;
    return graph_;
  }

private:
  int step(const std::string &op, std::vector<int> inputs, ValueShape output,
           const std::vector<std::pair<int64_t, int64_t>> &weights = {},
           std::map<std::string, Attribute> attributes = {}, const std::string &module = "",
           const std::string &tensor = "w") {
    GraphStep step;
    step.op.name = op;
    step.op.attributes = std::move(attributes);
    for (int input : inputs)
      step.op.inputs.push_back(graph_.values[static_cast<size_t>(input)]);
    for (const auto &[rows, cols] : weights) {
      auto &values = memory_->emplace_back(static_cast<size_t>(rows * cols));
      for (float &value : values)
        value =
            rows == 1 ? 1.0F : static_cast<float>((random_.uniform() - 0.5) * 3 / std::sqrt(static_cast<double>(cols)));
      step.op.constants.push_back({tensor, {values.data(), rows, cols}});
    }
    step.inputs = std::move(inputs);
    step.module = module;
    step.output = static_cast<int>(graph_.values.size());
    graph_.values.push_back(output);
    graph_.steps.push_back(step);
    return step.output;
  }
  int attend(const std::string &name, int x) {
    const int n = norm(name + "input_layernorm", x);
    int q = step("split_heads", {linear(name + "self_attn.q_proj", n, 64, 64)}, {4, 16});
    int k = step("split_heads", {linear(name + "self_attn.k_proj", n, 64, 32)}, {2, 16});
    int v = step("split_heads", {linear(name + "self_attn.v_proj", n, 64, 32)}, {2, 16});
    q = step("rope", {q}, {4, 16}, {}, {{"theta", 10000.0}});
    k = step("kv_cache", {step("rope", {k}, {2, 16}, {}, {{"theta", 10000.0}})}, {2, 16}, {},
             {{"name", name + "self_attn.k"}});
    v = step("kv_cache", {v}, {2, 16}, {}, {{"name", name + "self_attn.v"}});
    int scores = step("matmul", {q, k}, {4, -1}, {}, {{"transpose_rhs", true}, {"causal", true}});
    int p = step("softmax", {scores}, {4, -1}, {}, {{"scale", 0.25}, {"causal", true}});
    int o = step("merge_heads", {step("matmul", {p, v}, {4, 16}, {}, {{"causal", true}})}, {1, 64});
    return step("add", {x, linear(name + "self_attn.o_proj", o, 64, 64)}, {1, 64});
  }
  int linear(const std::string &module, int input, int64_t in, int64_t out, int64_t rows = -1) {
    return step("linear", {input}, {1, out, rows}, {{out, in}}, {}, module);
  }
  int layerNorm(const std::string &module, int input) {
    return step("layer_norm", {input}, {1, 64}, {{1, 64}, {1, 64}}, {{"epsilon", 1e-12}}, "", module + ".weight");
  }
  int norm(const std::string &module, int input) {
    return step("rms_norm", {input}, {1, 64}, {{1, 64}}, {{"epsilon", 1e-5}}, "", module + ".weight");
  }

  Random random_;
  Graph graph_;
  std::shared_ptr<std::list<std::vector<float>>> memory_ = std::make_shared<std::list<std::vector<float>>>();
};

} // namespace mase::testing_model
