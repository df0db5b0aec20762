// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the hardware of exponentials times values is told (docs/operators.md, O16; mase_values.sv).
///
/// Streams: c (a word of 2 bits a row), x (`keys` exponentials a beat and their scales), v (values, `tile` elements a
/// beat; the scale port of one bit counts nothing), y (`tile` elements a beat and their scales). Thread-safe. No MLIR.
#pragma once

#include "mase/ops/edge/attention_cycles.h"
#include "mase/ops/edge/edge_hardware.h"
#include "mase/ops/matmul/values_bit_true.h"

namespace mase {

/// Parameters of mase_values but those of its output's edge.
/// probability  the format of the exponentials
/// value        fixed<W,F>
/// Errors       InputError when the tile has no hardware, as scoresParameters
ModuleParameters valuesParameters(const ValuesBitTrue &values, const Format &probability, const Format &value,
                                  const AttentionShape &shape);

} // namespace mase
