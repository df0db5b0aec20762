// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the hardware of a norm is told of its constants (docs/operators.md, O9 to O12; mase_norm.sv).
///
/// Parameters follow from the shape, epsilon and the input's format; gains and offsets come as words of a stream, and
/// their exponent is a port (y_exponent_i = g - 8). Thread-safe. No MLIR.
#pragma once

#include "mase/ops/edge/edge_hardware.h"
#include "mase/ops/norm_rows.h"

namespace mase {

/// Parameters of mase_norm but those of its edges and its tile.
ModuleParameters normParameters(Centering centering, const NormConstants &constants, const Format &input);

/// The words of gains and offsets of one row: features / tile of them, hexadecimal.
std::vector<std::string> normWords(const NormConstants &constants, int64_t tile);
int64_t normWordBits(const NormConstants &constants, int64_t tile);

} // namespace mase
