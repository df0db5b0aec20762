// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Follows an ONNX graph for one short text, from its inputs to its logits: which arithmetic is done on what (value.h).
///
/// The graph's inputs are the ids and the types of `length` tokens, an attention mask of ones, the positions 0, 1, 2
/// ... and empty caches. Nodes that the logits do not need are not looked at. Refused by the node's name and type:
/// operators that are not known, and those that would need numbers of the text or of large weights. No MLIR. Errors
/// InputError, also where a file asks for more elements than its own size justifies.
#pragma once

#include "mase/frontend/onnx/value.h"

namespace mase::onnx {

struct EvaluationOptions {
  int64_t length = 5;   ///< tokens; a graph with a fixed length must have this
  int64_t padding = -1; ///< the id that no text has: comparisons of ids with it are false; -1: none
};

struct Evaluation {
  std::vector<Source> sources;
  int32_t ids = -1, types = -1; ///< the sources of the inputs, -1 where the logits do not need them
  Value logits;
  bool isHalf = false; ///< weights are FLOAT16, and so, most often, are the graph's constants
};

Evaluation evaluate(const File &file, const EvaluationOptions &options);

/// The number of tokens that the graph's input of ids is fixed to; 0 if it is free.
int64_t fixedLength(const File &file);

} // namespace mase::onnx
