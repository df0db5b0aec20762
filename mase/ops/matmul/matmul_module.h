// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The products of attention in hardware, each with its cache inside (docs/streams.md, S8 and S10): queries times keys
/// (mase_scores.sv), exponentials times values (mase_values.sv).
///
/// Thread-safe. No MLIR.
#pragma once

#include "mase/ops/hardware_operator.h"

namespace mase {

HardwareModule matmulModule(const HardwareRequest &request);

/// Few keys first, and of each the features from one to a head; the cache in block memories or in UltraRAM.
std::vector<HardwareTile> matmulTiles(const OperatorDescription &op, int64_t most);
/// Of both, and of the softmax between them, which takes their keys.
int64_t attentionRowCycles(const OperatorDescription &op, const HardwareTile &tile);
/// Keys a cycle: powers of two up to a block.
constexpr int mostKeys = 32;

} // namespace mase
