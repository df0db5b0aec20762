// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How a model is trained: what the command line says, and what follows from it for each step.
///
/// Everything is a function of the recipe and the step's number, so that a training that goes on after an interruption
/// is the same as one that was never interrupted. Source  warm-up and cosine: Loshchilov and Hutter, SGDR, 2017;
/// clipping by norm: Pascanu et al., 2013
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mase {

struct Recipe {
  int64_t steps = 1000, batch = 8; ///< sequences a step
  int64_t context = 0;             ///< tokens a sequence
  double rate = 5e-4;              ///< the highest
  double warmup = 0.05;            ///< share of the steps in which the rate grows
  double floor = 0;                ///< share of the highest rate that is left at the end
  double decay = 0;                ///< of weights
  double clip = 1;                 ///< largest norm of all gradients together; 0: none
  double beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8;
  double distillation =
      1;                  ///< share of the loss that is the divergence from the teacher, 0 to 1; the rest is the text's
  double temperature = 1; ///< of that divergence
  uint64_t seed = 1;      ///< of the order of the text

  /// All that makes two trainings differ, as text.
  std::string key() const;
};

/// The rate of step `step`, from 1 on.
double rateAt(const Recipe &recipe, int64_t step);

/// The text that step `step` (from 1 on) reads: where its sequences begin among `ids` ids. Each pass over the text cuts
/// it elsewhere and takes the pieces in another order.
std::vector<int64_t> sequencesAt(const Recipe &recipe, int64_t step, int64_t ids);

} // namespace mase
