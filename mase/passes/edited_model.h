// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Between a model's files and the weights that passes change: out of the checkpoint, and back into a folder that is an
/// ordinary Hugging Face model.
///
/// Tensors that passes changed are written as F32, so that they hold exactly what the passes left; all others keep
/// their bytes. A head that no longer equals the embedding it was tied to becomes a tensor of its own.
#pragma once

#include "mase/frontend/model.h"
#include "mase/passes/weights.h"

namespace mase {

class EditedModel {
public:
  /// For sequences of up to `context` tokens. `model` lives as long as this. Errors  as Model::plan.
  EditedModel(Model &model, int64_t context);

  Weights &weights() { return *weights_; }

  /// Whether write() would refuse the place, before long work. Errors  as write.
  void check(const std::filesystem::path &directory) const;

  /// Gives every weight the numbers that `source` has for its tensor and view.
  void set(const std::function<std::span<const float>(const std::string &name, const WeightView &view)> &source);

  /// Writes config.json, model.safetensors, the tokenizer's files and formats.toml, and `others` by name and text;
  /// appears by rename.
  /// Errors  InputError: `directory` is there and is no such folder, or is the model's.
  void write(const std::filesystem::path &directory, const FormatAssignment &assignment,
             const std::map<std::string, std::string> &others = {}) const;

private:
  struct Origin {
    std::string name;
    WeightView view;
  };
  std::map<std::string, std::vector<float>> changedTensors() const;
  Model &model_;
  std::map<std::string, std::vector<float>> memory_; // as it was, by name and view
  std::map<const float *, Origin> origins_;
  std::unique_ptr<Weights> weights_;
};

} // namespace mase
