// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The pass `gptq`: quantises all linears of a model, first to last, each with the inputs that the quantised linears
/// before it give (docs/passes.md).
///
/// Also the pass `scales`, which searches the scales of weights and compensates nothing. Weights are left as the format
/// represents them, so that quantising them again changes nothing.
#pragma once

#include "mase/passes/gptq/column_rounding.h"
#include "mase/passes/layerwise.h"

namespace mase {

/// What the quantised linear is to come close to.
enum class GptqTarget {
  own,   ///< its own outputs before it was quantised, of the inputs that it gets now
  layer, ///< its outputs in the float model, of the inputs that it got there: errors of inputs are made good, too
  stream ///< likewise, and where it writes to the residual stream, the stream behind it
};

struct GptqOptions {
  ScaleChoice scales = ScaleChoice::search;
  GptqTarget target = GptqTarget::stream;
  double damping = 0.01; ///< in units of the mean second moment
  double fidelity = 1;   ///< the same, for what draws weights towards another target than their own
};

/// Errors  as Plan::run.
void runGptq(Weights &weights, Layerwise::Windows windows, const FormatAssignment &assignment,
             const GptqOptions &options);

/// Without `windows` each error costs the same, else the second moment of its column.
void runScaleSearch(Weights &weights, Layerwise::Windows windows, const FormatAssignment &assignment);

} // namespace mase
