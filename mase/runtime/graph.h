// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A model as the executor takes it: operators in order, joined by numbered values. No MLIR.
///
/// The IR's function is translated to this once (mase/runtime/lower.h); a plan is compiled from it.
#pragma once

#include "mase/ops/operator.h"

#include <string>
#include <vector>

namespace mase {

struct GraphStep {
  OperatorDescription op;
  std::vector<int> inputs; // values
  int output = 0;          // value
  std::string module;      // of an operator with slots: its module's name, else empty
};

struct Graph {
  std::vector<ValueShape> values;
  std::vector<GraphStep> steps; // in execution order; the last one's output is the result
  int64_t maxRows = 0;          // longest sequence
  int64_t vocabulary = 0;       // ids are in [0, vocabulary)
  int64_t tokenTypes = 0;       // types of tokens are in [0, tokenTypes); 0: the model asks for none
  std::shared_ptr<void> memory; // keeps the constants' values alive
};

} // namespace mase
