// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the modules of attention take, in cycles, without stalls (docs/streams.md, S8 to S10).
///
/// A row's work grows with its position, so the rows are given one by one. Exact: the simulation's tests compare them.
/// Thread-safe. No MLIR.
#pragma once

#include "mase/formats/format.h"

#include <cstdint>
#include <span>

namespace mase {

/// Attention as a module does it.
struct AttentionShape {
  int64_t heads = 1, keyHeads = 1; // of queries; of keys and values, a divisor
  int64_t headFeatures = 0;
  int64_t tile = 1;      // features a cycle
  int64_t keys = 1;      // keys a cycle
  int64_t context = 0;   // positions that a sequence can have
  bool causal = true;    // else every row sees all keys of its sequence
  bool ultraRam = false; // where the cache lies, else in block memories
  int64_t packed = 0;    // keys whose products share a DSP slice, mase_scores; 0: in carry rows
};

/// From the first input beat, which is the control's, to the last output beat, both included.
/// positions    of the rows: each one more than the one before, or 0, where a sequence starts
int64_t scoresCycles(const AttentionShape &shape, std::span<const int64_t> positions);
/// probability  the format of the exponentials
int64_t softmaxCycles(const AttentionShape &shape, const Format &probability, std::span<const int64_t> positions);
int64_t valuesCycles(const AttentionShape &shape, const Format &probability, const Format &output,
                     std::span<const int64_t> positions);

} // namespace mase
