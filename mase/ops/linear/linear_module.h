// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A linear in hardware (mase_linear.sv), its weights in a memory beside it (docs/streams.md, S1 to S4).
///
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/hardware_operator.h"
#include "mase/ops/linear/linear_config.h"

namespace mase {

/// Errors  as checkLinearHardware (hardware.h).
HardwareModule linearModule(const HardwareRequest &request);

/// What such a module computes: for whoever predicts what it takes.
LinearConfig linearConfigOf(const HardwareModule &module);

/// Each with carry rows and then with DSP slices; blocks of 32 inputs at once align best, so wider ones come last.
std::vector<HardwareTile> linearTiles(const OperatorDescription &op, int64_t most);
int64_t linearCycles(const OperatorDescription &op, const HardwareTile &tile);

} // namespace mase
