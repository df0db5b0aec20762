// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A progress bar for long work: on stderr, and only when stderr is a terminal, so that logs stay clean.
///
/// One line, redrawn in place at most ten times a second, erased at the end. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

namespace mase {

class ProgressBar {
public:
  /// `total` of 0: unknown; only the count is shown.
  ProgressBar(std::string label, int64_t total);
  ~ProgressBar();
  ProgressBar(const ProgressBar &) = delete;
  ProgressBar &operator=(const ProgressBar &) = delete;

  /// `done` of `total` are complete; `note` stands behind the bar ("loss 2.31").
  void update(int64_t done, const std::string &note = {});

private:
  std::string label_;
  int64_t total_;
  bool visible_;
  double lastDraw_ = 0, start_;
  std::mutex mutex_;
};

/// Seconds on a clock that never goes back.
double secondsNow();

} // namespace mase
