// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/edge/attention_cycles.h"

#include "mase/ops/softmax/softmax_hardware.h"

#include <algorithm>

namespace mase {
namespace {

/// What a cast of `lanes` sums a beat adds to the latency of a static one.
int64_t castWait(int64_t lanes, const Format &output) {
  return output.scaleBits() == 0 ? 0 : std::max<int64_t>(1, WideRows::blockCols / lanes);
}

int64_t groups(int64_t position, int64_t keys) { return position / keys + 1; }

} // namespace

int64_t softmaxCycles(const AttentionShape &shape, const Format &probability, std::span<const int64_t> positions) {
  // Heads pass through two banks: each is filled, then emptied.
  int64_t filled = 0, free[2] = {1, 1}, emptied = 0, bank = 0;
  for (const int64_t position : positions)
    for (int64_t head = 0; head < shape.heads; ++head, bank ^= 1) {
      filled = std::max(std::max<int64_t>(filled, 1), free[bank]) + groups(position, shape.keys);
      emptied = std::max(filled, emptied) + exponentialBeats(probability, position + 1, shape.keys);
      free[bank] = emptied;
    }
  return emptied + 11 + castWait(shape.keys, probability);
}

} // namespace mase
