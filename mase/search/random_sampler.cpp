// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/random_sampler.h"

#include "mase/support/random.h"

namespace mase {

std::vector<double> RandomSampler::propose(int number, std::span<const Trial>) {
  Random random(seed_, static_cast<uint64_t>(number));
  std::vector<double> scores;
  for (const Variable &variable : space_.variables)
    scores.push_back(random.uniform() * static_cast<double>(variable.choices.size()) - 0.5);
  return scores;
}

} // namespace mase
