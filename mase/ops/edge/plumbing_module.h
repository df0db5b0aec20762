// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What joins operators in hardware (docs/streams.md, S13 and S14): modules that compute nothing.
///
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/hardware_operator.h"

namespace mase {

/// Beats of another tile; one of the two divides the other (mase_resize.sv).
HardwareModule resizeModule(const HardwarePort &from, int64_t tile);

/// Rows of tokens for which an output is wanted, or of the first or the last of each sequence; the others are dropped
/// (mase_row_filter.sv).
enum class Passing { wanted, first, last };
HardwareModule filterModule(const HardwarePort &rows, Passing passing = Passing::wanted);

/// The entrance of a model: an AXI4-Stream of ids to control streams, which are its results (mase_control.sv).
/// depth  words that wait in each stream
HardwareModule controlModule(int64_t vocabulary, int64_t context, int64_t depth);

} // namespace mase
