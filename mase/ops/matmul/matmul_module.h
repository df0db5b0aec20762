// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The products of attention in hardware, each with its cache inside (docs/streams.md, S8 and S10): queries times keys
/// (mase_scores.sv), exponentials times values (mase_values.sv).
///
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/hardware_operator.h"

namespace mase {

HardwareModule matmulModule(const HardwareRequest &request);

/// Of both, and of the softmax between them, whose beats are theirs.
HardwareTile attentionTile(const OperatorDescription &op, int64_t interval);

} // namespace mase
