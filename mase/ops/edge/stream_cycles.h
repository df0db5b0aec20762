// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the operators' modules take, in cycles, without stalls (docs/streams.md, S5 to S7, S11 to S14).
///
/// Exact: the simulation's tests compare them. Thread-safe. No MLIR.
#pragma once

#include "mase/formats/format.h"
#include "mase/ops/norm_rows.h"

namespace mase {

/// R rows take R * interval + latency cycles from the first input beat to the last output beat, both included.
struct StreamCycles {
  int64_t interval = 0, latency = 0;
};

/// features, tile  of a row and of a beat, the same on all ports
/// output          a static format waits for no block
StreamCycles addCycles(int64_t features, int64_t tile, const Format &output);
StreamCycles mulCycles(int64_t features, int64_t tile, const Format &output);
/// Also of ReLU.
StreamCycles castCycles(int64_t features, int64_t tile, const Format &output);
/// SiLU, both GELUs, tanh.
StreamCycles gateCycles(int64_t features, int64_t tile, const Format &output);
StreamCycles normCycles(Centering centering, int64_t features, int64_t tile, const Format &output);
/// In ids, out the table's rows.
StreamCycles embeddingCycles(int64_t features, int64_t tile);
/// In rows of sums, out one id a row.
StreamCycles argmaxCycles(int64_t features, int64_t tile);
/// What joins them: mase_row_fifo and mase_row_filter, of so many beats a row; mase_resize.
StreamCycles rowFifoCycles(int64_t beats);
/// Up to the last row that is kept.
StreamCycles rowFilterCycles(int64_t beats);
StreamCycles resizeCycles(int64_t features, int64_t tileIn, int64_t tileOut);
/// In tokens, out a beat of each stream.
StreamCycles controlCycles();
/// groupFeatures  lcm(head, 32): RopeBitTrue::groupFeatures
StreamCycles ropeCycles(int64_t groupFeatures, int64_t features, int64_t tile, const Format &output);

} // namespace mase
