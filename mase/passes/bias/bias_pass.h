// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The pass `bias`: moves each bias so that the mean output of its quantised linear is that of the float model.
///
/// First to last, each linear with the inputs that the corrected ones before it give; linears without a bias stay as
/// they are. (docs/passes.md)
/// Source  Nagel et al., Data-free quantization through weight equalization and bias correction, 2019 (arXiv
///         1906.04721)
#pragma once

#include "mase/passes/layerwise.h"

namespace mase {

/// Errors  as Plan::run.
void runBias(Weights &weights, Layerwise::Windows windows, const FormatAssignment &assignment);

} // namespace mase
