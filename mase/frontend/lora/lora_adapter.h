// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A LoRA adapter as PEFT writes it, merged into its base's weights when they are converted: W + s * B A, in fp32.
///
/// s is lora_alpha / r, or lora_alpha / sqrt(r) with `use_rslora`. Modules that the adapter saves whole (a head of
/// classes) take the place of the base's or join it. What else an adapter may ask for (DoRA, biases, patterns of ranks)
/// is refused by name. Errors  InputError.
/// Source  Hu et al., LoRA (arXiv 2106.09685); https://huggingface.co/docs/peft (LoraConfig)
#pragma once

#include "mase/frontend/json.h"
#include "mase/frontend/safetensors.h"

#include <memory>

namespace mase {

class LoraAdapter {
public:
  /// folder  with adapter_config.json and adapter_model.safetensors
  static LoraAdapter open(const std::filesystem::path &folder);
  /// Whether a folder holds an adapter.
  static bool isAdapter(const std::filesystem::path &folder);

  /// adapter_config.json's `base_model_name_or_path`.
  std::string baseName() const;
  /// The base's config.json with what the adapter changes: its task's class instead of the base's, and the classes.
  Json config(const Json &base) const;
  /// The base's tensors, merged. Keeps both mapped.
  TensorTable merged(TensorTable base) const;

private:
  struct Weights;
  explicit LoraAdapter(std::shared_ptr<const Weights> weights) : weights_(std::move(weights)) {}
  std::shared_ptr<const Weights> weights_;
};

} // namespace mase
