// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the hardware of queries times keys is told (docs/operators.md, O14; mase_scores.sv).
///
/// Streams: c (a word of 2 bits a row), x (queries, `tile` elements a beat and their scales), k (keys, likewise), y
/// (`keys` scores of 24 bits a beat, no scales). Thread-safe. No MLIR.
#pragma once

#include "mase/ops/edge/attention_cycles.h"
#include "mase/ops/edge/edge_hardware.h"

namespace mase {

/// Errors  InputError when the tile has no hardware: it must divide the head and lie in one block, or be whole blocks.
void checkAttentionTile(const AttentionShape &shape);

/// All parameters of mase_scores.
/// query, key  formats of their edges
/// Errors      as checkAttentionTile, and when a format is no edge's
ModuleParameters scoresParameters(const Format &query, const Format &key, const AttentionShape &shape);

} // namespace mase
