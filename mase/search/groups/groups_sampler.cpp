// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/groups/groups_sampler.h"

#include "mase/search/groups/trust_region.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace mase {
namespace {

/// Passes over all groups: the first without a break, the others with one probe in `probeEvery` trials.
constexpr int allPasses = 2, probeEvery = 3;
/// Tensors that an exchange moves when single ones are refined: one up and those that pay for it.
constexpr int refiningRadius = 4;
/// Part of a draw's deviation from the mean that an exchange follows. A whole draw over-explores: there are as many
/// unknowns as trials.
constexpr double boldness = 0.3;
/// Deviations by which an exchange doubts what it would gain and fears what it would pay.
constexpr double doubt = 0.5;

std::vector<int> shuffled(int count, Random &random) {
  std::vector<int> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

} // namespace

GroupsSampler::GroupsSampler(const Space &space, uint64_t seed)
    : space_(space), seed_(seed), uniform_(space.uniform()), model_(space), incumbent_(uniform_.size()) {}

int GroupsSampler::probeIndex(int number) const {
  const int later = number - 1 - space_.groups; // trials since the first pass
  if (later < 0)
    return number - 1;
  if (later % probeEvery == 0 && later / probeEvery < (allPasses - 1) * space_.groups)
    return space_.groups + later / probeEvery;
  return -1;
}

bool GroupsSampler::refining(int number) const { return number > space_.groups * (1 + (allPasses - 1) * probeEvery); }

Choice GroupsSampler::probe(int index, const Choice &center) const {
  Random random(seed_, static_cast<uint64_t>(index / space_.groups));
  const std::vector<int> order = shuffled(space_.groups, random);
  // A group that is down already has nothing to tell: the next one is asked.
  for (int k = 0; k < space_.groups; ++k) {
    const int group = order[static_cast<size_t>((index + k) % space_.groups)];
    Choice choice = center;
    for (size_t i = 0; i < choice.size(); ++i)
      if (space_.variables[i].group == group)
        choice[i] = std::max(choice[i] - 1, lowest(i));
    if (choice != center)
      return choice;
  }
  return center;
}

int GroupsSampler::lowest(size_t variable) const { return std::max(uniform_[variable] - 1, 0); }

Choice GroupsSampler::exchange(int number, std::span<const Trial> history) {
  model_.fit(history);
  Random random(seed_, (uint64_t{1} << 32) + static_cast<uint64_t>(number));
  const int radius = refining(number) ? refiningRadius : static_cast<int>(incumbent_.radius());
  const Choice &center = history[incumbent_.place()].choice;
  const auto tried = [&](const Choice &choice) {
    return std::any_of(history.begin(), history.end(), [&](const Trial &trial) { return trial.choice == choice; });
  };
  double bold = boldness;
  Choice choice = draw(random, bold, center, radius);
  while (tried(choice) && (bold *= 1.5) < 4) // what was tried already teaches nothing
    choice = draw(random, bold, center, radius);
  return choice;
}

Choice GroupsSampler::draw(Random &random, double bold, const Choice &center, int radius) const {
  const std::vector<double> sample = model_.sample(random);
  const std::vector<double> deviation = model_.deviation();
  std::vector<std::vector<double>> cost(uniform_.size());
  for (size_t i = 0; i < cost.size(); ++i) {
    const double mean = model_.damage()[i] + bold * (sample[i] - model_.damage()[i]);
    for (int c = 0; c < static_cast<int>(model_.noise(i).size()); ++c) {
      const double sign = c < center[i] ? 1 : -1;
      const double damage = std::max(mean + sign * doubt * deviation[i], 1e-3 * model_.typicalDamage());
      const double noise = model_.noise(i)[static_cast<size_t>(c)] - model_.noise(i)[static_cast<size_t>(center[i])];
      cost[i].push_back(c >= std::min(lowest(i), center[i]) ? damage * noise : std::numeric_limits<double>::infinity());
    }
  }
  return groups::exchangeWithin(space_, cost, center, radius);
}

std::vector<double> GroupsSampler::propose(int number, std::span<const Trial> history) {
  incumbent_.follow(history, [&](int n) { return n > 0 && probeIndex(n) < 0; });
  const int index = probeIndex(number);
  const Choice choice = index >= 0 ? probe(index, history[incumbent_.place()].choice) : exchange(number, history);
  return {choice.begin(), choice.end()};
}

} // namespace mase
