// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the numbers of a model are like: range, variance, kurtosis and outliers of every weight and of every value
/// between operators, while the float model reads texts.
///
/// These say which tensors a format with few bits will hurt: the paper's Figure 1a is the variance by layer. Moments
/// are merged in the order of the texts (Pebay, "Formulas for Robust, One-Pass Parallel Computation of Covariances and
/// Arbitrary-Order Statistical Moments", 2008), so that they do not depend on the number of threads.
#pragma once

#include "mase/runtime/plan.h"

#include <functional>

namespace mase {

/// Central moments of a set of numbers, and its range.
struct Moments {
  int64_t count = 0;
  double least = 0, greatest = 0, mean = 0;
  double m2 = 0, m3 = 0, m4 = 0; // sums of powers of the distance from the mean

  void add(std::span<const float> values);
  void add(const Moments &other);
  double variance() const { return count > 0 ? m2 / static_cast<double>(count) : 0; }
  /// Of a normal distribution 3; 0 where nothing varies.
  double kurtosis() const { return m2 > 0 ? m4 / m2 / m2 * static_cast<double>(count) : 0; }
};

/// A column whose root mean square is more than `outlierChannelFactor` times the median column's.
struct OutlierChannel {
  int64_t channel = 0;
  double rms = 0;
};
constexpr double outlierChannelFactor = 4;
/// Numbers further from the mean than so many standard deviations are outliers.
constexpr double outlierDeviations = 6;

struct TensorProfile {
  std::string name;    // of a weight its module's and ".weight" or ".bias", else its edge's (edges.h)
  std::string kind;    // the name behind the layer's number
  int layer = -1;      // -1: outside of them
  bool weight = false; // else an activation
  Moments moments;
  int64_t outliers = 0;                    // numbers
  int64_t channels = 0;                    // columns; 0 where they are positions
  std::vector<OutlierChannel> channelsOut; // greatest first
};

/// Weights in the order of their use, then edges in the order of execution. Prepares the plan in fp32.
/// Each text is run twice as a fresh sequence: outliers are counted once deviations are known.
/// Errors  as Plan::run.
std::vector<TensorProfile> profileTensors(Plan &plan, std::span<const std::span<const int32_t>> texts,
                                          const std::function<void(int64_t done)> &progress = {});

} // namespace mase
