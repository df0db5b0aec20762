// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Passes one after the other, each kept only where it lowers the loss.
///
/// A pass that leaves the float function unchanged may still make quantising worse, and which do depends on the model:
/// so every pass is measured on the text that it sees, and undone when the loss of the quantised model is not lower.
#pragma once

#include "mase/passes/pass.h"
#include "mase/runtime/evaluate.h"

namespace mase {

struct PassTrial {
  std::string pass;
  double loss = 0; ///< behind it, nats a target
  bool kept = true;
};

struct PassTrials {
  double first = 0, loss = 0; ///< before the first and behind the last
  std::vector<PassTrial> trials;
};

/// `drop`: whether passes that do not help are undone; else all are kept. Errors  as the passes.
PassTrials runPasses(Weights &weights, std::span<const Pass> passes, std::span<const WindowView> text,
                     const FormatAssignment &assignment, bool drop);

} // namespace mase
