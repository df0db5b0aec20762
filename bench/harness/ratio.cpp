// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench/harness/ratio.h"

#include <algorithm>
#include <cassert>
#include <fmt/core.h>

namespace mase::bench {
namespace {

double now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double medianOf(std::vector<double> values) {
  assert(!values.empty());
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::string withRange(const std::vector<double> &ratios, double best) {
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  return fmt::format("{:.2f} [{:.2f}, {:.2f}] best {:.2f}", medianOf(ratios), *least, *most, best);
}

} // namespace

double Timing::best() const { return *std::min_element(seconds.begin(), seconds.end()); }

std::vector<Timing> measure(const std::vector<Contender> &contenders, int repetitions) {
  std::vector<Timing> timings;
  for (const Contender &contender : contenders) {
    timings.push_back({contender.name, {}});
    contender.run();
  }
  for (int repetition = 0; repetition < repetitions; ++repetition)
    for (size_t i = 0; i < contenders.size(); ++i) {
      const double start = now(contenders[i].clock);
      contenders[i].run();
      timings[i].seconds.push_back(now(contenders[i].clock) - start);
    }
  return timings;
}

std::string speedRatio(const Timing &a, const Timing &peer) {
  assert(a.seconds.size() == peer.seconds.size());
  std::vector<double> ratios;
  for (size_t i = 0; i < a.seconds.size(); ++i)
    ratios.push_back(peer.seconds[i] / a.seconds[i]);
  return withRange(ratios, peer.best() / a.best());
}

std::string speedRatio(const Timing &a, double seconds) {
  std::vector<double> ratios;
  for (double second : a.seconds)
    ratios.push_back(seconds / second);
  return withRange(ratios, seconds / a.best());
}

} // namespace mase::bench
