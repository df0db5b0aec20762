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

/// The row after the last one of the sequence that `row` belongs to.
size_t sequenceEnd(std::span<const int64_t> positions, size_t row) {
  do
    ++row;
  while (row < positions.size() && positions[row] > 0);
  return row;
}

/// The greatest key that a row sees.
int64_t lastKey(const AttentionShape &shape, std::span<const int64_t> positions, size_t row) {
  return shape.causal ? positions[row] : positions[sequenceEnd(positions, row) - 1];
}

/// When rows of a cache are there (mase_attention_cache): from cycle 0 on, in which its first control word comes.
class CacheCycles {
public:
  CacheCycles(const AttentionShape &shape, std::span<const int64_t> positions)
      : shape_(shape), positions_(positions), beats_(shape.keyHeads * shape.headFeatures / shape.tile) {}

  /// The first cycle in which the row after those that are done can be worked on.
  int64_t rowThere() {
    const size_t row = done_.size();
    const size_t needed = shape_.causal ? row + 1 : sequenceEnd(positions_, row);
    for (; written_ < needed; ++written_) {
      int64_t open = there_; // in it the row is let in: the word is there, and the row before is whole
      if (positions_[written_] == 0 && written_ > 0)
        open = std::max(open, done_[written_ - 1] + 1);
      else if (shape_.causal && written_ >= rowsAhead)
        open = std::max(open, done_[written_ - rowsAhead] + 1);
      there_ = open + 1 + beats_;
    }
    return there_;
  }
  void done(int64_t cycle) { done_.push_back(cycle); }

private:
  static constexpr size_t rowsAhead = 4;
  const AttentionShape &shape_;
  std::span<const int64_t> positions_;
  int64_t beats_, there_ = 1;
  size_t written_ = 0;
  std::vector<int64_t> done_; // the cycle of each row's last read
};

} // namespace

int64_t scoresCycles(const AttentionShape &shape, std::span<const int64_t> positions) {
  const int64_t words = shape.headFeatures / shape.tile;
  CacheCycles keys(shape, positions);
  int64_t queries = 0, done = -1, before = -1; // the first cycle with a row of queries; the last reads
  for (size_t row = 0; row < positions.size(); ++row) {
    queries = std::max(queries, before + 1) + shape.heads * words;
    const int64_t start = std::max({queries, keys.rowThere(), done + 1});
    before = done;
    done = start + shape.heads * groups(lastKey(shape, positions, row), shape.keys) * words - 1;
    keys.done(done);
  }
  return done + 11;
}

int64_t softmaxCycles(const AttentionShape &shape, const Format &probability, std::span<const int64_t> positions) {
  // Heads pass through two banks: each is filled, then emptied.
  int64_t filled = 1, free[2] = {1, 1}, emptied = 1, bank = 0;
  for (size_t row = 0; row < positions.size(); ++row) {
    const int64_t last = lastKey(shape, positions, row);
    if (!shape.causal && positions[row] == 0) // a word of control for each row first
      filled += last + 1;
    for (int64_t head = 0; head < shape.heads; ++head, bank ^= 1) {
      filled = std::max(filled, free[bank]) + groups(last, shape.keys);
      emptied = std::max(filled, emptied) + exponentialBeats(probability, last + 1, shape.keys);
      free[bank] = emptied;
    }
  }
  return emptied + 11 + castWait(shape.keys, probability);
}

int64_t valuesCycles(const AttentionShape &shape, const Format &probability, const Format &output,
                     std::span<const int64_t> positions) {
  const int64_t words = shape.headFeatures / shape.tile;
  CacheCycles values(shape, positions);
  int64_t done = -1, skipped = 0; // the last reads; beats beyond a head's keys
  for (size_t row = 0; row < positions.size(); ++row) {
    const int64_t last = lastKey(shape, positions, row);
    const int64_t start = std::max(values.rowThere(), done + skipped + 1);
    const int64_t work = groups(last, shape.keys);
    skipped = exponentialBeats(probability, last + 1, shape.keys) - work;
    done = start + shape.heads * (work * words + skipped) - skipped - 1;
    values.done(done);
  }
  return done + 16 + castWait(shape.tile, output);
}

} // namespace mase
