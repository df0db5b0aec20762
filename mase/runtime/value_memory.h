// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How a graph's value lies in memory, and how long it is needed: for whoever runs the graph.
#pragma once

#include "mase/runtime/graph.h"

namespace mase {

/// Elements of a value while a sequence has `rows` tokens and as many keys.
int64_t elementsOf(const ValueShape &value, int64_t rows);

/// Tokens outermost, heads side by side within a row, unless a head's row grows with the sequence (to `keys`).
TensorView viewOf(const ValueShape &value, float *data, int64_t rows, int64_t keys);

/// For each value: the value whose memory it looks at (views look through), or itself.
std::vector<int> rootsOf(const Graph &graph);

/// For each value: the last step that reads its memory, by itself or through a view; of the graph's result: the number
/// of steps. Only roots have entries that count.
std::vector<size_t> lastUsesOf(const Graph &graph, const std::vector<int> &roots);

} // namespace mase
