// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Beats that wait between two modules of a dataflow simulation: behind a module's pipeline, or a channel's FIFO.
///
/// A step of a cycle looks at what all registers hold, then commits, so the order of queues does not matter; a queue
/// that can do nothing sleeps. Latency and capacity are those of mase_mx_cast, mase_static_cast and mase_row_fifo.
#pragma once

#include "mase/ops/module_timing.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <utility>

namespace mase {

constexpr int64_t dataflowNever = std::numeric_limits<int64_t>::max();

/// Numbers of what stands at the end of a wire.
struct DataflowSink {
  int core = -1; // and its input
  size_t input = 0;
  int queue = -1; // else a FIFO
};

class DataflowQueue {
public:
  DataflowQueue() = default;
  explicit DataflowQueue(const QueueTiming &timing) : timing_(timing) {}

  std::vector<DataflowSink> sinks;
  int core = -1;         // that fills it
  int queue = -1;        // or the queue
  bool isSource = false; // filled from outside
  int64_t wake = dataflowNever;
  bool taken = false, blocked = false; // in this cycle
  int64_t channel = -1;                // of the netlist, a FIFO

  /// A beat stands at the output.
  bool valid() const { return isSource ? count_ > 0 : (registers_ & 1) != 0; }
  /// The output's registers can move, as far as this cycle's decisions go.
  bool moves() const { return !valid() || taken; }
  bool hasRoom() const { return count_ < timing_.capacity; }
  bool isRegister() const { return timing_.capacity == 0; }
  void push() { pushed_ = true; }
  void feed(int64_t beats) { count_ += beats; }
  int64_t fill() const { return count_; }
  int64_t mostFill() const { return most_; }
  int64_t capacity() const { return timing_.capacity; }
  void setCapacity(int64_t beats) { timing_.capacity = beats; }

  /// The end of cycle `now`. Returns whether a beat went from the buffer, or from a lone register.
  bool commit(int64_t now) {
    bool popped = false;
    if (isSource) {
      count_ -= taken ? 1 : 0;
    } else {
      while (!pending_.empty() && pending_.front().first <= now) {
        ready_ += pending_.front().second;
        pending_.pop_front();
      }
      if (moves()) {
        popped = isRegister() ? taken : ready_ > 0;
        const bool in = isRegister() ? pushed_ : popped;
        registers_ = registers_ >> 1 | (in ? int64_t{1} << (timing_.registers - 1) : 0);
      }
      if (!isRegister()) {
        ready_ -= popped ? 1 : 0;
        count_ += (pushed_ ? 1 : 0) - (popped ? 1 : 0);
        if (pushed_ && ++collected_ == timing_.block) {
          pending_.emplace_back(now + timing_.delay, timing_.block);
          collected_ = 0;
        }
      }
    }
    most_ = std::max(most_, count_);
    const bool idle = !valid() && registers_ == 0 && ready_ == 0;
    wake = blocked && !taken  ? dataflowNever
           : !idle            ? now + 1
           : pending_.empty() ? dataflowNever
                              : pending_.front().first;
    taken = pushed_ = blocked = false;
    return popped;
  }

private:
  QueueTiming timing_;
  int64_t count_ = 0, collected_ = 0, ready_ = 0, most_ = 0;
  int64_t registers_ = 0; // a bit each, the lowest at the output
  bool pushed_ = false;
  std::deque<std::pair<int64_t, int64_t>> pending_; // the cycle from which so many beats may leave
};

} // namespace mase
