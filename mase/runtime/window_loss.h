// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What logits say of a window's targets, and of all windows together.
#pragma once

#include "mase/runtime/evaluate.h"

namespace mase {

/// Sums over a window's targets.
struct WindowLoss {
  double sum = 0, divergence = 0;
  int64_t hits = 0;

  /// Adds the logits of tokens `first` and on of window `number`, of which the first `unscored` have no target.
  /// `reference` may be null.
  void add(ConstMatrixView logits, int64_t first, int64_t unscored, const WindowView &window, size_t number,
           const Reference *reference);
};

/// Rows of logits that have no target: the context of a continuation.
int64_t rowsWithoutTarget(const Graph &graph, const WindowView &window);

/// Of all windows, added in order.
LossResult totalLoss(const std::vector<WindowLoss> &losses, std::span<const WindowView> windows, bool divergence);

} // namespace mase
