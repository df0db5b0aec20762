// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/lora/lora_adapter.h"

#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <cassert>
#include <cmath>
#include <map>
#include <optional>
#include <set>

namespace mase {
namespace {
namespace fs = std::filesystem;

constexpr const char *configFile = "adapter_config.json", *weightsFile = "adapter_model.safetensors";
/// PEFT wraps the base twice: its own class, then LoRA's.
constexpr std::string_view wrapped = "base_model.model.";

/// Keys that change what the adapter means, with the values that leave it as it is.
void checkNeutralKeys(const JsonObject &config) {
  const std::vector<std::pair<const char *, Json>> neutral = {{"bias", "none"},
                                                              {"fan_in_fan_out", false},
                                                              {"use_dora", false},
                                                              {"lora_bias", false},
                                                              {"rank_pattern", Json::object()},
                                                              {"alpha_pattern", Json::object()},
                                                              {"target_parameters", Json::array()},
                                                              {"layer_replication", Json::array()},
                                                              {"use_qalora", false},
                                                              {"trainable_token_indices", Json::array()}};
  for (const auto &[key, value] : neutral)
    if (const Json *found = config.find(key); found && *found != value)
      fail("{}: {} is {}, which is not implemented ({})", config.file(), key, inQuotes(found->dump()), value.dump());
}

/// A matrix of the adapter in fp32.
struct Matrix {
  int64_t rows = 0, cols = 0;
  std::vector<float> values;
};
Matrix matrixOf(const Tensor &tensor) {
  assert(tensor.shape.size() == 2);
  Matrix matrix = {tensor.shape[0], tensor.shape[1], std::vector<float>(static_cast<size_t>(tensor.elements))};
  toFloat(tensor, matrix.values.data());
  return matrix;
}

/// out += scale * b a, row by row.
void addProduct(const Matrix &b, const Matrix &a, float scale, float *out) {
  parallelFor(b.rows, [&](int64_t row) {
    float *to = out + row * a.cols;
    for (int64_t k = 0; k < b.cols; ++k) {
      const float factor = scale * b.values[static_cast<size_t>(row * b.cols + k)];
      const float *from = a.values.data() + k * a.cols;
      for (int64_t c = 0; c < a.cols; ++c)
        to[c] += factor * from[c];
    }
  });
}

struct Pair {
  const Tensor *a = nullptr, *b = nullptr;
};

} // namespace

struct LoraAdapter::Weights {
  std::string file; // of the config, for errors
  Json json;
  double scale = 1;
  TensorTable tensors;
  std::map<std::string, Pair> pairs;           // by the base's tensor
  std::map<std::string, const Tensor *> saved; // likewise

  void sort() {
    for (const Tensor &tensor : tensors.tensors()) {
      std::string_view name = tensor.name;
      if (!name.starts_with(wrapped))
        fail("{}: tensor {} is no part of a LoRA adapter (they begin with {})", tensor.file, inQuotes(name), wrapped);
      name.remove_prefix(wrapped.size());
      const auto module = [&](std::string_view suffix) -> std::optional<std::string> {
        if (!name.ends_with(suffix))
          return std::nullopt;
        return std::string(name.substr(0, name.size() - suffix.size())) + ".weight";
      };
      if (const auto of = module(".lora_A.weight"))
        pairs[*of].a = &tensor;
      else if (const auto to = module(".lora_B.weight"))
        pairs[*to].b = &tensor;
      else
        saved[std::string(name)] = &tensor;
    }
    for (const auto &[name, pair] : pairs)
      if (!pair.a || !pair.b)
        fail("{}: has only one of lora_A and lora_B of {}", file, inQuotes(name));
  }
};

bool LoraAdapter::isAdapter(const fs::path &folder) { return fs::exists(folder / configFile); }

LoraAdapter LoraAdapter::open(const fs::path &folder) {
  auto weights = std::make_shared<Weights>();
  weights->file = (folder / configFile).string();
  weights->json = parseJson(weights->file, readTextFile(weights->file));
  const JsonObject config(weights->file, weights->json);
  if (config.text("peft_type") != "LORA")
    fail("{}: peft_type {} is not implemented (LORA)", weights->file, inQuotes(config.text("peft_type")));
  checkNeutralKeys(config);
  const auto rank = static_cast<double>(config.integer("r", 1, 1 << 16));
  const double alpha = config.number("lora_alpha");
  weights->scale = alpha / (config.flagOr("use_rslora", false) ? std::sqrt(rank) : rank);
  weights->tensors = TensorTable::openFile(folder / weightsFile);
  weights->sort();
  return LoraAdapter(weights);
}

std::string LoraAdapter::baseName() const {
  return JsonObject(weights_->file, weights_->json).text("base_model_name_or_path");
}

Json LoraAdapter::config(const Json &base) const {
  Json config = base;
  const JsonObject own(weights_->file, weights_->json);
  const std::string task = own.find("task_type") ? own.text("task_type") : "CAUSAL_LM";
  if (task == "CAUSAL_LM")
    return config;
  if (task != "SEQ_CLS")
    fail("{}: task_type {} is not implemented (CAUSAL_LM, SEQ_CLS)", weights_->file, inQuotes(task));
  const auto score = weights_->saved.find("score.weight");
  if (score == weights_->saved.end())
    fail("{}: is of task SEQ_CLS, but saves no score.weight", weights_->file);
  std::string name = config["architectures"].at(0);
  if (const size_t at = name.find("ForCausalLM"); at != std::string::npos)
    name.replace(at, std::string::npos, "ForSequenceClassification");
  config["architectures"] = Json::array({name});
  config["num_labels"] = score->second->shape.at(0);
  return config;
}

TensorTable LoraAdapter::merged(TensorTable base) const {
  const auto table = std::make_shared<const TensorTable>(std::move(base));
  std::vector<Tensor> tensors;
  const std::set<std::string> heads = {"lm_head.weight"}; // a classifier's base has one of no use
  const bool classifies = weights_->saved.contains("score.weight");
  for (const Tensor &tensor : table->tensors()) {
    if (weights_->saved.contains(tensor.name) || (classifies && heads.contains(tensor.name)))
      continue;
    Tensor copy = tensor;
    if (const auto pair = weights_->pairs.find(tensor.name); pair != weights_->pairs.end()) {
      const std::shared_ptr<const Weights> weights = weights_;
      const Tensor *a = pair->second.a, *b = pair->second.b;
      if (a->shape.size() != 2 || b->shape.size() != 2 || a->shape[0] != b->shape[1] ||
          tensor.shape != std::vector<int64_t>{b->shape[0], a->shape[1]})
        fail("{}: {} and {} are {} and {}, no product for {} ({})", a->file, a->name, b->name, shapeText(a->shape),
             shapeText(b->shape), tensor.name, shapeText(tensor.shape));
      copy.dtype = Dtype::Blocks;
      copy.decode = [table, weights, a, b, &tensor](float *out) {
        toFloat(tensor, out);
        addProduct(matrixOf(*b), matrixOf(*a), static_cast<float>(weights->scale), out);
      };
    }
    tensors.push_back(std::move(copy));
  }
  for (const auto &[name, pair] : weights_->pairs)
    if (!table->find(name))
      fail("{}: the base has no tensor {}", pair.a->file, inQuotes(name));
  for (const auto &[name, tensor] : weights_->saved) {
    Tensor copy = *tensor;
    copy.name = name;
    tensors.push_back(std::move(copy));
  }
  return TensorTable::of(
      std::move(tensors),
      std::make_shared<std::pair<std::shared_ptr<const TensorTable>, std::shared_ptr<const Weights>>>(table, weights_));
}

} // namespace mase
