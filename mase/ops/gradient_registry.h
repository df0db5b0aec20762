// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The gradients that are kernels, by the operator's name. One line each in gradient_registry.cpp.
///
/// Operators whose gradients are other operators (add, mul, views) have none here. Losses are operators of training
/// alone, so that their kernels stand here, too, not in registry.h.
#pragma once

#include "mase/ops/gradient_kernel.h"

#include <string_view>

namespace mase {

/// Each one's is in gradient.cpp of the folder of that name.
namespace gradients {
using Made = std::unique_ptr<GradientKernel>;
Made cast(const OperatorDescription &);
Made crossEntropy(const OperatorDescription &);
Made distillation(const OperatorDescription &);
Made embedding(const OperatorDescription &);
Made gelu(const OperatorDescription &);
Made layerNorm(const OperatorDescription &);
Made linear(const OperatorDescription &);
Made matmul(const OperatorDescription &);
Made pool(const OperatorDescription &);
Made positionEmbedding(const OperatorDescription &);
Made relu(const OperatorDescription &);
Made rmsNorm(const OperatorDescription &);
Made rope(const OperatorDescription &);
Made silu(const OperatorDescription &);
Made softCap(const OperatorDescription &);
Made softmax(const OperatorDescription &);
Made tanh(const OperatorDescription &);
Made tokenTypeEmbedding(const OperatorDescription &);
} // namespace gradients

struct GradientEntry {
  std::string_view name;
  std::unique_ptr<GradientKernel> (*make)(const OperatorDescription &) = nullptr;
};

const std::vector<GradientEntry> &gradientKernels();
/// Null when there is none of that name.
const GradientEntry *findGradient(std::string_view name);

/// A loss, which no model contains: one number a row of its first input.
class LossKernel {
public:
  virtual ~LossKernel() = default;
  /// inputs   the logits, and what else the operator reads
  /// targets  one id a row, where the loss has any
  /// loss     rows x 1
  virtual void run(std::span<const TensorView> inputs, std::span<const int32_t> targets, MatrixView loss) const = 0;
};

/// Null when no loss has that name.
std::unique_ptr<LossKernel> makeLoss(const OperatorDescription &);

std::unique_ptr<LossKernel> makeCrossEntropy(const OperatorDescription &);
std::unique_ptr<LossKernel> makeDistillation(const OperatorDescription &);

} // namespace mase
