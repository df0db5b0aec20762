// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/training/trainable_model.h"

#include "mase/ir/model_function.h"
#include "mase/ops/register_gradients.h"
#include "mase/runtime/training/lower_training.h"
#include "mase/support/error.h"

#include "mlir/IR/Diagnostics.h"

#include <algorithm>

namespace mase {

TrainableModel::TrainableModel(Model &model, int64_t context, const GradientOptions &options) {
  mlir::DialectRegistry registry;
  ir::registerGradients(registry);
  model.module().getContext()->appendDialectRegistry(registry);
  const mlir::OwningOpRef<mlir::ModuleOp> module(model.module().clone());
  mlir::func::FuncOp function = ir::modelFunction(*module);
  std::string why;
  mlir::ScopedDiagnosticHandler handler(function.getContext(),
                                        [&](mlir::Diagnostic &diagnostic) { why = diagnostic.str(); });
  if (failed(buildTrainingStep(function, options)))
    fail("{}: cannot be trained: {} (a model that mase import wrote can)", model.directory().string(), why);
  const auto source = [&](const std::string &name, const WeightView &view) -> Constant {
    Stored &stored = memory_[name + " " + view.key()];
    std::vector<float> &values = stored.values;
    if (values.empty()) {
      stored.name = name, stored.view = view;
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
    return memory_.at(name + " " + view.key()).values;
  });
}

std::map<std::string, std::vector<float>> TrainableModel::gradients() const {
  std::map<std::string, std::vector<float>> result;
  for (const TrainingPlan::Parameter &parameter : plan_->parameters()) {
    const auto found = std::find_if(memory_.begin(), memory_.end(), [&](const auto &entry) {
      return entry.second.values.data() == parameter.values.data;
    });
    WeightView view = found->second.view;
    std::vector<float> &stored = result[found->second.name];
    int64_t elements = 1;
    for (const int64_t size : view.stored)
      elements *= size;
    stored.resize(static_cast<size_t>(elements));
    std::vector<float> gradient(parameter.gradient.data,
                                parameter.gradient.data + parameter.gradient.rows * parameter.gradient.cols);
    for (float &g : gradient)
      g *= static_cast<float>(view.times);
    view.times = 1, view.plus = 0; // of the numbers, not of their gradients
    std::vector<float> placed(
        stored.size()); // views may overlap: an embedding that is scaled and the head it is tied to
    putBack(view, gradient, placed);
    for (size_t i = 0; i < placed.size(); ++i)
      stored[i] += placed[i];
  }
  return result;
}

} // namespace mase
