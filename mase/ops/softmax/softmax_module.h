// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Softmax in hardware (mase_softmax.sv; docs/streams.md, S9).
///
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/hardware_operator.h"

namespace mase {

HardwareModule softmaxModule(const HardwareRequest &request);

/// Those of the products around it: keys alone.
std::vector<HardwareTile> softmaxTiles(const OperatorDescription &op, int64_t most);

} // namespace mase
