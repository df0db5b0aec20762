// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Which steps of a graph run together.
///
/// Between two operators that mix tokens every row goes its own way: such steps are one part, of which a thread takes
/// some rows through all steps while they are in its caches, and threads meet once a part. Operators that have a kernel
/// of their own together (mase/ops/fusion.h) are a part, too. Results do not depend on parts.
#pragma once

#include "mase/runtime/graph.h"

namespace mase {

struct Part {
  size_t first = 0, last = 0;    // steps [first, last)
  bool byRows = false;           // rows may be taken through all of them some at a time
  std::unique_ptr<Kernel> fused; // computes the last step's result from what the steps read from outside; null: none
  std::vector<int> inputs;       // of `fused`: the values it reads
};

std::vector<Part> partsOf(const Graph &graph);

/// Rows of a piece, so that its values stay in the second-level cache; fixed for a number of rows.
int64_t pieceRows(int64_t rows);

/// Rows [first, first + rows) of every head.
TensorView rowsOf(TensorView x, int64_t first, int64_t rows);

} // namespace mase
