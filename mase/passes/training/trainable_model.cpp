// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/training/trainable_model.h"

#include "mase/ir/model_function.h"
#include "mase/ops/register_gradients.h"
#include "mase/runtime/training/lower_training.h"
#include "mase/support/error.h"

namespace mase {

TrainableModel::TrainableModel(Model &model, int64_t context, const GradientOptions &options) {
  mlir::DialectRegistry registry;
  ir::registerGradients(registry);
  model.module().getContext()->appendDialectRegistry(registry);
  const mlir::OwningOpRef<mlir::ModuleOp> module(model.module().clone());
  const mlir::func::FuncOp function = ir::modelFunction(*module);
  if (failed(buildTrainingStep(function, options)))
    fail("{}: cannot be trained (an operator of it has no gradient)", model.directory().string());
  const auto source = [&](const std::string &name, const WeightView &view) -> Constant {
    std::vector<float> &values = memory_[name + " " + view.key()];
    if (values.empty()) {
      const Tensor &tensor = *model.tensors().find(name);
      values.resize(static_cast<size_t>(tensor.elements));
      toFloat(tensor, values.data());
      values = viewed(view, std::move(values));
    }
    const int64_t cols = view.shape.back();
    return {name, {values.data(), std::ssize(values) / cols, cols}, nullptr};
  };
  plan_ = std::make_unique<TrainingPlan>(lowerTraining(function, context, source));
}

void TrainableModel::store(EditedModel &edited) const {
  edited.set([&](const std::string &name, const WeightView &view) -> std::span<const float> {
    return memory_.at(name + " " + view.key());
  });
}

} // namespace mase
