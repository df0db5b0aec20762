// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The density of one parameter, an index 0..choices-1, as a mixture of truncated normals around what was observed.
///
/// Source  Bergstra et al., Algorithms for hyper-parameter optimization, NIPS 2011; in detail as Optuna 3.1 has it for
///         an integer parameter by default: prior of weight 1, old observations weigh less from 25 on, a component as
///         wide as the distance to its farther neighbour ("magic clip"), no endpoints. Equal observations are ordered
///         by age, where Optuna's order is numpy's unstable sort.
/// Cost    components that coincide are evaluated once: some 20 intervals, however long the history
#pragma once

#include "mase/support/random.h"

#include <cstddef>
#include <vector>

namespace mase::tpe {

/// Weights of n observations, oldest first: 1 each below 25, else a ramp from 1/n to 1 and then 25 ones.
std::vector<double> observationWeights(size_t n);

class ParzenEstimator {
public:
  /// `observations`, oldest first, each in [0, choices).
  ParzenEstimator(const std::vector<int> &observations, int choices);

  /// One component an observation, and the prior last.
  const std::vector<double> &weights() const { return weights_; }
  const std::vector<double> &mus() const { return mus_; }
  const std::vector<double> &sigmas() const { return sigmas_; }

  /// The log of the probability of a choice.
  double logProbability(int choice) const { return logProbability_[static_cast<size_t>(choice)]; }
  int sample(Random &random) const;

private:
  void setSigmas(double low, double high);

  std::vector<double> weights_, mus_, sigmas_;
  std::vector<double> logProbability_; // of each choice
};

} // namespace mase::tpe
