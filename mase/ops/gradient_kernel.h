// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What an operator's gradient is to the executor of training: a kernel made once and run for every sequence.
///
/// The numeric half of `mase.gradient`, in gradient.cpp of the operator's folder; no MLIR. Kernels read the operator's
/// description, whose constants are the weights that training changes: what depends on their values is made in
/// prepare(), which is called once a step. run() is thread-safe on disjoint outputs.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

/// One call: a whole sequence from its first token on.
struct GradientCall {
  std::span<const TensorView> inputs;         // the operator's operands that are not constants
  TensorView output;                          // its result, where the gradient reads that
  TensorView by;                              // the gradient of its result
  std::span<const TensorView> inputGradients; // written; one an input, data of null where none is wanted
  /// One a constant: gradients are added to what is there, since all sequences of a step add up. Data of null: not
  /// wanted. Only what runs `inOrder` may write them: sequences take their turns, so that sums never depend on threads.
  std::span<const MatrixView> constantGradients;
  std::function<void(const std::function<void()> &)> inOrder;
  std::span<const int32_t> ids, tokenTypes, targets;
  std::span<const Format *const> formats = {}; // of the operator's slots, as Kernel::run has them
};

class GradientKernel {
public:
  virtual ~GradientKernel() = default;
  virtual void run(const GradientCall &call) const = 0;
  /// Called once a step, with the formats that run() gets. Never at the same time as run().
  virtual void prepare(std::span<const Format *const> formats) {}
};

} // namespace mase
