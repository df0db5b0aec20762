// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The baseline: every score uniform over the choices, each choice as likely as any other before the projection.
/// It needs no history, so its trial n is the same in every study with its seed.
#pragma once

#include "mase/search/sampler.h"

namespace mase {

/// `space` must outlive the sampler.
class RandomSampler final : public Sampler {
public:
  RandomSampler(const Space &space, uint64_t seed) : space_(space), seed_(seed) {}
  std::vector<double> propose(int number, std::span<const Trial> history) override;

private:
  const Space &space_;
  uint64_t seed_;
};

} // namespace mase
