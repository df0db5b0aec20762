// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How much each tensor's quantisation adds to the loss, learnt from all trials of a study at once.
///
/// cost(choice) - cost(uniform) = offset + sum_i damage_i (noise(choice_i) - noise(uniform_i)) + error
///
/// noise(format) is the mean squared error of the format on a normal sample, 1 for the uniform choice's format, so one
/// number a tensor covers all its formats. The damages are estimated by Bayesian linear regression: a trial that moves
/// many tensors at once informs about all of them, which a probe of one tensor, at the noise of a language model's
/// loss, does not (docs/search.md). Tensors of one role and of one group resemble each other a priori.
/// Cost    O(trials x variables^2) a fit
#pragma once

#include "mase/search/groups/symmetric_matrix.h"
#include "mase/search/space.h"
#include "mase/support/random.h"

#include <span>

namespace mase::groups {

class DamageModel {
public:
  explicit DamageModel(const Space &space);

  /// Learns from a history of complete trials, the first of them the uniform assignment.
  void fit(std::span<const Trial> history);

  /// The noise of variable i's choices.
  const std::vector<double> &noise(size_t variable) const { return noise_[variable]; }
  /// The expected damage of each variable's unit of noise.
  const std::vector<double> &damage() const { return mean_; }
  /// How uncertain each of them is: a standard deviation.
  std::vector<double> deviation() const;
  /// What a tensor's damage is about, before anything is known of it.
  double typicalDamage() const { return typical_; }
  /// Damages drawn from what is believed of them.
  std::vector<double> sample(Random &random) const;
  /// The expected change of the cost from uniform to `choice`, given damages.
  double predict(const Choice &choice, const std::vector<double> &damage) const;
  /// The standard deviation of one trial's loss that is no tensor's doing.
  double trialNoise() const { return trialNoise_; }

private:
  double noiseAgainstUniform(size_t variable, int choice) const;

  const Space &space_;
  Choice uniform_;
  std::vector<std::vector<double>> noise_;
  std::vector<double> mean_;
  SymmetricMatrix priorInformation_; // of damages in units of the typical one
  SymmetricMatrix information_;      // of the damages and the offset, the last one; as its Cholesky factor
  double trialNoise_ = 0, typical_ = 0;
};

} // namespace mase::groups
