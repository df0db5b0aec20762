// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/progress.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace mase {

double secondsNow() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

ProgressBar::ProgressBar(std::string label, int64_t total)
    : label_(std::move(label)), total_(total), visible_(isatty(STDERR_FILENO) == 1), start_(secondsNow()) {}

ProgressBar::~ProgressBar() {
  if (visible_ && lastDraw_ > 0)
    fmt::print(stderr, "\r\033[K");
}

void ProgressBar::update(int64_t done, const std::string &note) {
  if (!visible_)
    return;
  std::lock_guard lock(mutex_);
  const double now = secondsNow();
  if (now - lastDraw_ < 0.1)
    return;
  lastDraw_ = now;
  if (total_ <= 0) {
    fmt::print(stderr, "\r\033[K{} {} {}", label_, done, note);
  } else {
    constexpr int width = 24;
    const auto filled = static_cast<size_t>(std::clamp<int64_t>(width * done / total_, 0, width));
    fmt::print(stderr, "\r\033[K{} [{}{}] {}/{} {:.0f} s {}", label_, std::string(filled, '='),
               std::string(width - filled, ' '), done, total_, now - start_, note);
  }
  std::fflush(stderr);
}

} // namespace mase
