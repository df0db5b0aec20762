// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Speed as a ratio to a peer in the same run: absolute seconds belong to a machine and to its mood, ratios less so.
///
/// A repetition times all contenders one after the other, so that what disturbs the machine disturbs all; the ratio is
/// taken within each repetition. What is shown is the median with the least and the most, and beside it the ratio of
/// the best times, which a busy machine disturbs least.
/// Source  the pairing of measurements in google/benchmark's compare.py; "speed" is work a second, more is better
#pragma once

#include <ctime>
#include <functional>
#include <string>
#include <vector>

namespace mase::bench {

struct Contender {
  std::string name;
  std::function<void()> run; // the same work each time
  /// What its seconds are. CLOCK_THREAD_CPUTIME_ID or a process's clock for work in one thread: others who want the
  /// processor do not count then. CLOCK_MONOTONIC for work in several threads.
  clockid_t clock = CLOCK_MONOTONIC;
};

/// Seconds of one repetition each, in the order measured.
struct Timing {
  std::string name;
  std::vector<double> seconds;
  double best() const;
};

/// Runs every contender once to warm up, then all in turn, `repetitions` times.
std::vector<Timing> measure(const std::vector<Contender> &contenders, int repetitions);

/// The speed of `a` as a multiple of the speed of `peer`, "1.04 [0.99, 1.07] best 1.05".
std::string speedRatio(const Timing &a, const Timing &peer);

/// The speed of `a` as a multiple of a ceiling that would take `seconds`.
std::string speedRatio(const Timing &a, double seconds);

} // namespace mase::bench
