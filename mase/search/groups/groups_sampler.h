// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The default sampler: learns what each tensor's quantisation costs and exchanges bits from cheap to dear tensors.
///
/// Probes     lower a few tensors by one format each, which always fits; every pass over the tensors lowers each once.
/// Exchanges  draw the damages from what is believed of them (DamageModel; Thompson sampling) and evaluate the best
///            assignment within the budget if they were true (allocate), no tensor more than a step below uniform.
/// One pass of probes comes first; then exchanges, with probes between them for four passes more. After that, every
/// other exchange starts from the best trial and moves only some of the tensors.
///
/// Why not one tensor at a time, or bits by adding up such probes: docs/search.md. Needs a budget; without one there is
/// nothing to exchange, and TPE proposes.
#pragma once

#include "mase/search/groups/damage_model.h"
#include "mase/search/sampler.h"

namespace mase {

class GroupsSampler final : public Sampler {
public:
  GroupsSampler(const Space &space, uint64_t seed);
  std::vector<double> propose(int number, std::span<const Trial> history) override;

private:
  int probesPerPass() const { return static_cast<int>(probesPerPass_); }
  int lastProbe() const; // the trial after which there are exchanges alone
  Choice probe(int index) const;
  Choice exchange(int number, std::span<const Trial> history);
  /// The best assignment for one draw of the damages; `moved` is the part of the tensors that may leave the center.
  Choice draw(Random &random, double bold, double doubt, const Choice &center, double moved) const;

  const Space &space_;
  uint64_t seed_;
  Choice uniform_;
  size_t perProbe_, probesPerPass_; // tensors lowered by a probe; probes that lower every tensor once
  groups::DamageModel model_;
};

} // namespace mase
