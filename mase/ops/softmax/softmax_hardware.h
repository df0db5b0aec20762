// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the hardware of a softmax is told, and the beats that it takes (docs/operators.md, O15; mase_softmax.sv).
///
/// Streams: c (a word of 2 bits a row), x (`keys` scores a beat, no scales), y (`keys` exponentials a beat with their
/// scales). Thread-safe. No MLIR.
#pragma once

#include "mase/ops/edge/edge_hardware.h"
#include "mase/ops/softmax/bit_true.h"

namespace mase {

/// Parameters of mase_softmax but those of its output's edge.
/// score    the format of the scores, fixed<W,F>
/// context  positions that a sequence can have
/// keys     scores a beat: a power of two
ModuleParameters softmaxParameters(const SoftmaxBitTrue &softmax, const Format &score, int64_t heads, int64_t context,
                                   int64_t keys);

/// Exponentials of a head that has so many keys, in beats: in a block format they go on to a whole block.
int64_t exponentialBeats(const Format &probability, int64_t present, int64_t keys);

} // namespace mase
