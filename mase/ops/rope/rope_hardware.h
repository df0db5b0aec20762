// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the hardware of a rotation is told (docs/operators.md, O13; mase_rope.sv).
///
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/hardware_operator.h"
#include "mase/ops/rope/bit_true.h"

namespace mase {

/// Parameters of mase_rope but those of its edges.
/// features  of all heads
/// Errors  InputError when the tile has no hardware: it must divide half a head, or be whole heads and at most a group.
ModuleParameters ropeParameters(const RopeBitTrue &rope, int64_t features, int64_t tile);

/// The operator's entry in the registry.
HardwareModule ropeModule(const HardwareRequest &request);

/// Parts of half a head, and whole heads up to a group.
std::vector<HardwareTile> ropeTiles(const OperatorDescription &op, int64_t most);

} // namespace mase
