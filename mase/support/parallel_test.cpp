// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/parallel.h"

#include <chrono>
#include <gtest/gtest.h>
#include <stdexcept>
#include <thread>
#include <vector>

namespace mase {
namespace {

TEST(ParallelFor, EveryIndexRunsOnce) {
  std::vector<int> count(1000);
  parallelFor(1000, [&](int64_t i) { ++count[static_cast<size_t>(i)]; });
  EXPECT_EQ(count, std::vector<int>(1000, 1));
}

// Jobs that follow one another at once, and after the helpers went to sleep.
TEST(ParallelFor, ManyShortJobsAreEachDoneOnce) {
  std::vector<int64_t> count(3);
  for (int64_t job = 0; job < 20000; ++job) {
    if (job % 5000 == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    parallelFor(3, [&](int64_t i) { count[static_cast<size_t>(i)] += job; });
    ASSERT_EQ(count[0], job * (job + 1) / 2);
    ASSERT_EQ(count[1], count[0]);
    ASSERT_EQ(count[2], count[0]);
  }
}

TEST(ParallelFor, NestedCallsComplete) {
  std::vector<int> sum(8);
  parallelFor(
      8, [&](int64_t i) { parallelFor(10, [&](int64_t j) { sum[static_cast<size_t>(i)] += static_cast<int>(j); }); });
  EXPECT_EQ(sum, std::vector<int>(8, 45));
}

TEST(ParallelFor, AnExceptionReachesTheCallerAndThePoolLives) {
  EXPECT_THROW(parallelFor(100,
                           [](int64_t i) {
                             if (i == 42)
                               throw std::runtime_error("42");
                           }),
               std::runtime_error);
  int64_t last = -1;
  parallelFor(1, [&](int64_t i) { last = i; });
  EXPECT_EQ(last, 0);
}

} // namespace
} // namespace mase
