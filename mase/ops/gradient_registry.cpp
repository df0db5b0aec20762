// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"

namespace mase {

const std::vector<GradientEntry> &gradientKernels() {
  static const std::vector<GradientEntry> entries = {
      {"cast", gradients::cast},
      {"cross_entropy", gradients::crossEntropy},
      {"distillation", gradients::distillation},
      {"embedding", gradients::embedding},
      {"gelu", gradients::gelu},
      {"layer_norm", gradients::layerNorm},
      {"linear", gradients::linear},
      {"matmul", gradients::matmul},
      {"pool", gradients::pool},
      {"position_embedding", gradients::positionEmbedding},
      {"relu", gradients::relu},
      {"rms_norm", gradients::rmsNorm},
      {"rope", gradients::rope},
      {"silu", gradients::silu},
      {"soft_cap", gradients::softCap},
      {"softmax", gradients::softmax},
      {"tanh", gradients::tanh},
      {"token_type_embedding", gradients::tokenTypeEmbedding},
  };
  return entries;
}

const GradientEntry *findGradient(std::string_view name) {
  for (const GradientEntry &entry : gradientKernels())
    if (entry.name == name)
      return &entry;
  return nullptr;
}

std::unique_ptr<LossKernel> makeLoss(const OperatorDescription &op) {
  static const std::map<std::string_view, std::unique_ptr<LossKernel> (*)(const OperatorDescription &)> losses = {
      {"cross_entropy", makeCrossEntropy}, {"distillation", makeDistillation}};
  const auto found = losses.find(op.name);
  return found == losses.end() ? nullptr : found->second(op);
}

} // namespace mase
