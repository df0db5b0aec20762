// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Sequences that work on several threads borrows, so that their memory is allocated once a thread.
///
/// P is Plan or BitTruePlan, S its sequence. Thread-safe. The plan must outlive it.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

namespace mase {

template <typename P, typename S>
class SequencePool {
public:
  explicit SequencePool(const P &plan) : plan_(plan) {}
  /// A sequence without tokens.
  std::unique_ptr<S> take() {
    std::lock_guard lock(mutex_);
    if (free_.empty())
      return std::make_unique<S>(plan_);
    std::unique_ptr<S> sequence = std::move(free_.back());
    free_.pop_back();
    sequence->restart();
    return sequence;
  }
  void giveBack(std::unique_ptr<S> sequence) {
    std::lock_guard lock(mutex_);
    free_.push_back(std::move(sequence));
  }

private:
  const P &plan_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<S>> free_;
};

} // namespace mase
