// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A training step as the executor takes it: a model's operators, their gradients and the changes of weights, in order.
/// No MLIR.
///
/// The IR of a training step (gradient_pass.h) is translated to this once (lower_training.h). Values belong to a
/// sequence (one memory for each sequence in progress) or, gradients of weights, to the step: those add up over its
/// sequences.
#pragma once

#include "mase/ops/operator.h"

#include <string>
#include <vector>

namespace mase {

struct TrainingValue {
  ValueShape shape;
  bool ofStep = false; // of the step, not of a sequence: shape.rows x shape.cols
};

struct TrainingStep {
  enum class Kind { forward, loss, gradient, update };
  Kind kind = Kind::forward;
  OperatorDescription op;
  std::vector<int> inputs = {}; // values; of an update: the weight's gradient
  int output = -1;              // written; by a gradient: read, or -1
  int by = -1;                  // of a gradient: that of the operator's result
  std::vector<int> inputGradients = {},
                   constantGradients = {};  // of a gradient: one an input, one a constant; -1: not wanted
  std::vector<const Format *> formats = {}; // of an operator with slots
};

struct TrainingGraph {
  std::vector<TrainingValue> values;
  std::vector<int> arguments;             // values that who runs it fills for each sequence: weights of losses, teacher
  std::vector<TrainingStep> sequence;     // run for each sequence
  std::vector<TrainingStep> step;         // run once behind all sequences: what weights' gradients pass, updates
  int64_t maxRows = 0;                    // longest sequence
  int64_t vocabulary = 0, tokenTypes = 0; // as in Graph
};

} // namespace mase
