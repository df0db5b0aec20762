// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The default sampler: probes groups of tensors, exchanges bits under a trust region, refines single tensors.
///
/// Probe      lowers one group (a kind of tensor in one layer, Variable::group) by a format at the incumbent. Each
///            group is probed at uniform first, and once more between exchanges.
/// Exchange   draws the damages of all tensors from what is believed of them (DamageModel, which learns from every
///            trial; Thompson sampling) and makes the best exchange of bits about the incumbent that moves no more
///            tensors than the region's radius (exchangeWithin), none more than a format below uniform.
/// Refinement after the last probe: exchanges of single tensors, one up and the few that pay for it.
/// Incumbent  the best assignment so far by paired windows; with it the radius (Incumbent).
///
/// Why it is so, and what worked less: docs/search.md. Needs a budget; without one there is nothing to exchange, and
/// TPE proposes.
#pragma once

#include "mase/search/groups/damage_model.h"
#include "mase/search/groups/incumbent.h"
#include "mase/search/sampler.h"

namespace mase {

class GroupsSampler final : public Sampler {
public:
  GroupsSampler(const Space &space, uint64_t seed);
  std::vector<double> propose(int number, std::span<const Trial> history) override;

private:
  /// The place of trial `number` among the probes, or -1 for an exchange.
  int probeIndex(int number) const;
  /// Whether `number` comes after the last probe.
  bool refining(int number) const;
  /// The lowest format that a variable may have.
  int lowest(size_t variable) const;
  /// `center` with the next group that can be lowered a format down.
  Choice probe(int index, const Choice &center) const;
  Choice exchange(int number, std::span<const Trial> history);
  /// The best exchange about `center` for one draw of the damages.
  Choice draw(Random &random, double bold, const Choice &center, int radius) const;

  const Space &space_;
  uint64_t seed_;
  Choice uniform_;
  groups::DamageModel model_;
  groups::Incumbent incumbent_;
};

} // namespace mase
