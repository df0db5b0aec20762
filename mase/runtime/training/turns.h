// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Sequences in turn: what makes sums over them independent of threads.
///
/// At each place sequence i waits until i - 1 has passed. Whoever runs sequences starts them in order, and each visits
/// the places in the same order, so that the one that all others wait for never waits itself. Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace mase {

class Turns {
public:
  explicit Turns(size_t places) : next_(places, 0) {}

  void take(size_t place, size_t sequence, const std::function<void()> &work) {
    {
      std::unique_lock lock(mutex_);
      passed_.wait(lock, [&] { return next_[place] == sequence; });
    }
    work(); // nobody else is at this place now
    {
      std::lock_guard lock(mutex_);
      ++next_[place];
    }
    passed_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable passed_;
  std::vector<size_t> next_;
};

} // namespace mase
