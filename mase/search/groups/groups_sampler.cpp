// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/groups/groups_sampler.h"

#include "mase/search/groups/allocation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace mase {
namespace {

/// Passes of probes before the first exchange, and in all.
constexpr int firstPasses = 1, allPasses = 5;
/// An exchange in this many trials, while probes go on between them.
constexpr int exchangeEvery = 2;
/// Part of the tensors that one probe lowers: more would interact, fewer would tell less.
constexpr double probedPart = 0.08;

/// Part of a draw's deviation from the mean that an exchange follows. A whole draw over-explores: there are as many
/// unknowns as trials.
constexpr double boldness = 0.3;
/// Deviations by which an exchange doubts what it would gain and fears what it would pay, by turns: the more of them,
/// the fewer and the surer its moves. Only in as many trials as these passes would take.
constexpr std::array<double, 3> doubts = {1.0, 0.5, 0.0};
constexpr int doubtfulPasses = 4;

/// After the last probe, one trial in this many starts from the best so far and moves only a part of the tensors: what
/// the model does not know, such as errors that interact, is met by trying.
constexpr int refineEvery = 2;
constexpr double refinedPart = 0.3;
/// A cost that no exchange pays.
constexpr double forbidden = 1e6;

const Trial &leastCost(std::span<const Trial> history) {
  return *std::min_element(history.begin(), history.end(),
                           [](const Trial &a, const Trial &b) { return a.cost < b.cost; });
}

size_t longestOf(const Space &space) {
  size_t longest = 0;
  for (const Variable &variable : space.variables)
    longest = std::max(longest, variable.choices.size());
  return longest;
}

std::vector<size_t> shuffled(size_t count, Random &random) {
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  for (size_t i = count; i > 1; --i)
    std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

} // namespace

GroupsSampler::GroupsSampler(const Space &space, uint64_t seed)
    : space_(space), seed_(seed), uniform_(space.uniform()), model_(space) {
  const auto tensors = static_cast<double>(space.variables.size());
  perProbe_ = static_cast<size_t>(std::max(std::lround(probedPart * tensors), 1L));
  probesPerPass_ = (space.variables.size() + perProbe_ - 1) / perProbe_;
}

int GroupsSampler::lastProbe() const {
  return probesPerPass() * (firstPasses + exchangeEvery * (allPasses - firstPasses));
}

Choice GroupsSampler::probe(int index) const {
  const auto pass = static_cast<size_t>(index) / probesPerPass_, place = static_cast<size_t>(index) % probesPerPass_;
  Random random(seed_, pass);
  const std::vector<size_t> order = shuffled(uniform_.size(), random);
  Choice choice = uniform_;
  for (size_t k = place; k < order.size(); k += probesPerPass_)
    choice[order[k]] = std::max(choice[order[k]] - 1, 0);
  return choice;
}

Choice GroupsSampler::exchange(int number, std::span<const Trial> history) {
  model_.fit(history);
  Random random(seed_, (uint64_t{1} << 32) + static_cast<uint64_t>(number));
  const bool early = number <= doubtfulPasses * probesPerPass();
  const double doubt = early ? doubts[static_cast<size_t>(number / exchangeEvery) % doubts.size()] : 0;
  const bool refining = number > lastProbe() && number % refineEvery == 0;
  const Choice &center = refining ? leastCost(history).choice : uniform_;
  const auto tried = [&](const Choice &choice) {
    return std::any_of(history.begin(), history.end(), [&](const Trial &trial) { return trial.choice == choice; });
  };
  double bold = boldness;
  Choice choice = draw(random, bold, doubt, center, refining ? refinedPart : 1);
  while (tried(choice) && (bold *= 1.5) < 2) // what was tried already teaches nothing
    choice = draw(random, bold, doubt, center, refining ? refinedPart : 1);
  return choice;
}

Choice GroupsSampler::draw(Random &random, double bold, double doubt, const Choice &center, double moved) const {
  const std::vector<double> sample = model_.sample(random);
  const std::vector<double> deviation = doubt > 0 ? model_.deviation() : std::vector<double>(uniform_.size());
  std::vector<std::vector<double>> cost(uniform_.size());
  for (size_t i = 0; i < cost.size(); ++i) {
    const double mean = model_.damage()[i] + bold * (sample[i] - model_.damage()[i]);
    const bool frozen = random.uniform() >= moved;
    for (int c = 0; c < static_cast<int>(model_.noise(i).size()); ++c) {
      const double sign = c < uniform_[i] ? 1 : -1;
      const double damage = std::max(mean + sign * doubt * deviation[i], 1e-3 * model_.typicalDamage());
      const bool allowed = c == center[i] || (!frozen && c >= uniform_[i] - 1);
      const double noise = model_.noise(i)[static_cast<size_t>(c)] - model_.noise(i)[static_cast<size_t>(uniform_[i])];
      cost[i].push_back(allowed ? damage * noise : forbidden);
    }
  }
  const int anywhere = static_cast<int>(longestOf(space_));
  return groups::allocate(space_, cost, center, anywhere, anywhere);
}

std::vector<double> GroupsSampler::propose(int number, std::span<const Trial> history) {
  const int per = probesPerPass();
  const int later = number - 1 - firstPasses * per; // trials since the first passes
  int probeIndex = -1;
  if (later < 0)
    probeIndex = number - 1;
  else if (later % exchangeEvery == 0 && later / exchangeEvery < (allPasses - firstPasses) * per)
    probeIndex = firstPasses * per + later / exchangeEvery;
  const Choice choice = probeIndex >= 0 ? probe(probeIndex) : exchange(number, history);
  return {choice.begin(), choice.end()};
}

} // namespace mase
