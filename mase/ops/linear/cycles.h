// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How long the hardware of a linear takes (docs/streams.md, S4). Exact when no port stalls.
///
/// All figures are clock cycles. The config must pass checkLinearHardware (hardware.h).
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/linear/linear_config.h"

namespace mase {

/// From the first input beat of the first row to the last output beat of the last, both included.
int64_t predictedCycles(const LinearConfig &config, int64_t rows);
/// From a beat that is read to its sum at the cast.
int64_t stagesToSum(const LinearConfig &config);
/// From one row to the next in steady state: prefill.
int64_t interval(const LinearConfig &config);
/// One row alone: decode.
int64_t latency(const LinearConfig &config);

} // namespace mase
