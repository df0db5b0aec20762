// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A model whose weights are trained: its training step in the IR, and the memory of its weights.
///
/// Made of a model with formats in its types (Model::assign): linears read weights and inputs through them, gradients
/// pass straight through. A tensor that two operators read (a tied head) is one weight.
#pragma once

#include "mase/frontend/model.h"
#include "mase/passes/edited_model.h"
#include "mase/runtime/training/gradient_pass.h"
#include "mase/runtime/training/training_plan.h"

namespace mase {

class TrainableModel {
public:
  /// For sequences of up to `context` tokens. Errors  as Model::plan, and InputError where the model cannot be trained.
  TrainableModel(Model &model, int64_t context, const GradientOptions &options);

  TrainingPlan &plan() { return *plan_; }
  /// Gives the weights as they are now to `edited`, which was made of the same model.
  void store(EditedModel &edited) const;

  /// The gradients that the plan's last run left, as the tensors of the file lie, by name; 0 where no operator reads.
  std::map<std::string, std::vector<float>> gradients() const;

private:
  struct Stored {
    std::string name;
    WeightView view;
    std::vector<float> values;
  };
  std::map<std::string, Stored> memory_; // by name and view
  std::unique_ptr<TrainingPlan> plan_;
};

} // namespace mase
