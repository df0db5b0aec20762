// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/edge/attention_cycles.h"

#include "mase/ops/softmax/softmax_hardware.h"

#include <algorithm>
#include <vector>

namespace mase {
namespace {

/// What a cast of `lanes` sums a beat adds to the latency of a static one.
int64_t castWait(int64_t lanes, const Format &output) {
  return output.scaleBits() == 0 ? 0 : std::max<int64_t>(1, WideRows::blockCols / lanes);
}

int64_t groups(int64_t position, int64_t keys) { return position / keys + 1; }

/// When rows of a cache are there (mase_attention_cache): from the first cycle on, in which its first control word
/// comes.
class CacheCycles {
public:
  explicit CacheCycles(int64_t beats) : beats_(beats) {}

  /// The first cycle in which a row can be read. Rows are asked for in order, and done() tells when each was.
  int64_t rowThere(int64_t position) {
    const size_t row = done_.size();
    int64_t open = there_; // in it the row is let in: the word is there, and the row before is whole
    if (position == 0 && row > 0)
      open = std::max(open, done_[row - 1] + 1);
    else if (row >= rowsAhead)
      open = std::max(open, done_[row - rowsAhead] + 1);
    return there_ = open + 1 + beats_;
  }
  void done(int64_t cycle) { done_.push_back(cycle); }

private:
  static constexpr size_t rowsAhead = 4;
  int64_t beats_, there_ = 1;
  std::vector<int64_t> done_; // the cycle of each row's last read
};

} // namespace

int64_t scoresCycles(const AttentionShape &shape, std::span<const int64_t> positions) {
  const int64_t words = shape.headFeatures / shape.tile;
  CacheCycles keys(shape.keyHeads * words);
  int64_t queries = 0, done = -1, before = -1; // the first cycle with a row of queries; the last reads
  for (const int64_t position : positions) {
    queries = std::max(queries, before + 1) + shape.heads * words;
    const int64_t start = std::max({queries, keys.rowThere(position), done + 1});
    before = done;
    done = start + shape.heads * groups(position, shape.keys) * words - 1;
    keys.done(done);
  }
  return done + 11;
}

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

int64_t valuesCycles(const AttentionShape &shape, const Format &probability, const Format &output,
                     std::span<const int64_t> positions) {
  const int64_t words = shape.headFeatures / shape.tile;
  CacheCycles values(shape.keyHeads * words);
  int64_t done = -1, skipped = 0; // the last reads; beats beyond a head's keys
  for (const int64_t position : positions) {
    const int64_t start = std::max(values.rowThere(position), done + skipped + 1);
    const int64_t work = groups(position, shape.keys);
    skipped = exponentialBeats(probability, position + 1, shape.keys) - work;
    done = start + shape.heads * (work * words + skipped) - skipped - 1;
    values.done(done);
  }
  return done + 16 + castWait(shape.tile, output);
}

} // namespace mase
