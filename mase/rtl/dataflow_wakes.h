// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Who is looked at in which cycle of a dataflow simulation, so that a cycle costs what happens in it and not how large
/// the design is.
///
/// Most wake in the next cycle and stand in a list; the others are in a heap, in which what has changed meanwhile stays
/// and is passed over.
#pragma once

#include "mase/rtl/dataflow_queue.h"

#include <queue>
#include <vector>

namespace mase {

class DataflowWakes {
public:
  void resize(size_t count) { wake_.assign(count, dataflowNever), taken_.assign(count, -1); }
  int64_t of(size_t id) const { return wake_[id]; }

  /// From now on `id` is looked at in that cycle.
  void set(size_t id, int64_t cycle, int64_t now) {
    wake_[id] = cycle;
    if (cycle <= now + 1)
      soon_.push_back(id);
    else if (cycle != dataflowNever)
      later_.emplace(cycle, id);
  }
  void setNext(size_t id, int64_t now) {
    if (wake_[id] > now + 1)
      set(id, now + 1, now);
  }
  /// Looked at in this cycle too. Returns whether it was not before.
  bool join(size_t id, int64_t now) {
    wake_[id] = now;
    return std::exchange(taken_[id], now) != now;
  }
  /// Those of this cycle, each once.
  void take(int64_t now, std::vector<size_t> &ids) {
    const auto add = [&](size_t id) {
      if (wake_[id] <= now && std::exchange(taken_[id], now) != now)
        ids.push_back(id);
    };
    for (size_t id : soon_)
      add(id);
    soon_.clear();
    for (; !later_.empty() && later_.top().first <= now; later_.pop())
      add(later_.top().second);
  }
  /// The next cycle with something to look at, or an earlier one.
  int64_t next(int64_t now) const {
    return !soon_.empty() ? now + 1 : later_.empty() ? dataflowNever : later_.top().first;
  }

private:
  using Entry = std::pair<int64_t, size_t>;
  std::vector<int64_t> wake_, taken_; // the last cycle in which it was looked at
  std::vector<size_t> soon_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> later_;
};

} // namespace mase
