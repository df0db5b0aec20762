// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The loss of a model whose weights do not fit into memory: a few steps of the graph at a time, for all windows, and
/// then their weights go.
///
/// Each weight is read, converted and quantised once for a batch of windows. Between two groups of steps a window keeps
/// only the values that later steps read, which is a transformer's residual stream. The same kernels see the same rows
/// as in evaluate(): the loss is equal in every bit.
#pragma once

#include "mase/runtime/evaluate.h"

namespace mase {

/// Bytes that a graph's weights take when all are resident , packed copies of the linears
/// included: a bound.
int64_t residentBytes(const Graph &graph);

/// graph   its constants may be unloaded (Constant::load)
/// limit   bytes that weights while they are read and used (three quarters) and the windows' values beside them take at
///         a time; at least one step's weights and one window's values are there in any case
/// batches if not null: how often all weights were read
/// progress is told of windows, of those under way in proportion to the groups of steps that are done
/// Errors  as Plan::run.
LossResult evaluateByLayers(const Graph &graph, const FormatAssignment &assignment, std::span<const WindowView> windows,
                            int64_t limit, int64_t *batches = nullptr, const WindowProgress &progress = {});

} // namespace mase
