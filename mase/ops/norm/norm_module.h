// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// rms_norm and layer_norm in hardware: one module (mase_norm.sv), whose gains and offsets come from a memory beside it
/// (docs/streams.md, S6).
///
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/hardware_operator.h"

namespace mase {

HardwareModule rmsNormModule(const HardwareRequest &request);
HardwareModule layerNormModule(const HardwareRequest &request);

int64_t normRowCycles(const OperatorDescription &op, const HardwareTile &tile);

} // namespace mase
