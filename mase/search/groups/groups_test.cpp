// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/groups/groups_sampler.h"

#include "mase/search/groups/trust_region.h"
#include "mase/search/paired.h"
#include "mase/search/search.h"
#include "mase/search/testing/synthetic_model.h"

#include <chrono>
#include <cmath>
#include <gmock/gmock.h>
#include <limits>
#include <set>

namespace mase {
namespace {
using namespace testing_support;
using groups::DamageModel;
using groups::SymmetricMatrix;

TEST(SymmetricMatrix, FactorSolvesAndInverts) {
  constexpr size_t n = 7;
  Random random(1);
  SymmetricMatrix matrix(n);
  for (size_t k = 0; k < 2 * n; ++k) {
    std::vector<double> x;
    for (size_t i = 0; i < n; ++i)
      x.push_back(random.uniform() - 0.3);
    matrix.addOuter(x, 0.5 + random.uniform());
  }
  SymmetricMatrix factor = matrix;
  factor.factorize();
  const SymmetricMatrix inverse = factor.inverse();
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j) {
      double product = 0;
      for (size_t k = 0; k < n; ++k)
        product += matrix.at(std::max(i, k), std::min(i, k)) * inverse.at(std::max(k, j), std::min(k, j));
      EXPECT_NEAR(product, i == j, 1e-10);
    }
}

/// Costs of a made-up assignment problem: convex, as formats' noise is.
std::vector<std::vector<double>> costsOf(const Space &space, const std::vector<double> &damage) {
  std::vector<std::vector<double>> cost(space.variables.size());
  for (size_t i = 0; i < cost.size(); ++i)
    for (double bits : space.variables[i].bits)
      cost[i].push_back(damage[i] * std::pow(4, 4.25 - bits));
  return cost;
}

double sumOf(const std::vector<std::vector<double>> &cost, const Choice &choice) {
  double sum = 0;
  for (size_t i = 0; i < choice.size(); ++i)
    sum += cost[i][static_cast<size_t>(choice[i])];
  return sum;
}

int movedFrom(const Choice &center, const Choice &choice) {
  int moved = 0;
  for (size_t i = 0; i < center.size(); ++i)
    moved += choice[i] != center[i];
  return moved;
}

TEST(TrustRegion, ExchangeIsNearlyTheBestWithinTheRadius) {
  // Five tensors of the llama's first layer, three formats each: every assignment can be tried.
  Space whole = llamaSpace(4.25, 1), space;
  double total = 0;
  for (size_t i = 0; i < 5; ++i) {
    space.variables.push_back(whole.variables[i]);
    total += whole.variables[i].share;
  }
  for (Variable &variable : space.variables)
    variable.share /= total;
  space.budget = 4.25;
  constexpr int rounds = 20;
  for (int radius : {2, 3, 5}) {
    Random random(2);
    double ratios = 0;
    for (int round = 0; round < rounds; ++round) {
      std::vector<double> damage;
      for (size_t i = 0; i < 5; ++i)
        damage.push_back(std::exp(4 * random.uniform()));
      auto cost = costsOf(space, damage);
      for (std::vector<double> &row : cost) // one format either way
        for (size_t c = 0; c < row.size(); ++c)
          if (c < 1 || c > 3)
            row[c] = std::numeric_limits<double>::infinity();
      const Choice center(5, 2);
      const Choice found = groups::exchangeWithin(space, cost, center, radius);
      EXPECT_TRUE(space.fits(found));
      EXPECT_LE(movedFrom(center, found), radius);
      EXPECT_LE(sumOf(cost, found), sumOf(cost, center));
      double best = sumOf(cost, center);
      for (int code = 0; code < 243; ++code) {
        Choice choice;
        for (int i = 0, rest = code; i < 5; ++i, rest /= 3)
          choice.push_back(1 + rest % 3);
        if (space.fits(choice) && movedFrom(center, choice) <= radius)
          best = std::min(best, sumOf(cost, choice));
      }
      EXPECT_LE(sumOf(cost, found), 1.4 * best);
      ratios += sumOf(cost, found) / best / rounds;
    }
    EXPECT_LE(ratios, 1.06) << "radius " << radius;
  }
}

TEST(TrustRegion, NoMoveWhereNoneSaves) {
  const Space space = llamaSpace(4.25, 1);
  const Choice center = space.uniform();
  const auto cost = costsOf(space, std::vector<double>(center.size(), 1.0));
  EXPECT_EQ(groups::exchangeWithin(space, cost, center, 0), center);
  EXPECT_EQ(groups::exchangeWithin(space, std::vector(center.size(), std::vector<double>(7, 1.0)), center, 30), center);
}

Trial trialOf(int number, std::vector<double> windows) {
  Trial trial;
  trial.number = number;
  trial.state = TrialState::complete;
  trial.evaluation.windowLosses = std::move(windows);
  for (double loss : trial.evaluation.windowLosses)
    trial.cost += loss / static_cast<double>(trial.evaluation.windowLosses.size());
  return trial;
}

TEST(Paired, DifferenceHasItsStandardError) {
  const Trial a = trialOf(0, {1, 5, 9}), b = trialOf(1, {2, 5, 12});
  const PairedDifference difference = pairedDifference(a.evaluation, b.evaluation);
  EXPECT_NEAR(difference.mean, -4.0 / 3, 1e-12); // of -1, 0, -3
  EXPECT_NEAR(difference.standardError, std::sqrt((1.0 / 9 + 16.0 / 9 + 25.0 / 9) / 6), 1e-12);
  EXPECT_EQ(pairedDifference(a.evaluation, a.evaluation).standardError, 0);
}

TEST(Incumbent, IsReplacedByWhatIsBetterOnTheSameWindowsBeyondChance) {
  // Trial 1 is 0.1 better on every window; trial 2 is better still, but only by one window.
  const std::vector<Trial> history = {trialOf(0, {1, 5, 9}), trialOf(1, {0.9, 4.9, 8.9}), trialOf(2, {0.95, 4.95, 8.5}),
                                      trialOf(3, {0.8, 4.8, 8.8})};
  const auto after = [&](size_t trials) {
    groups::Incumbent incumbent(100);
    incumbent.follow(std::span(history).first(trials), [](int number) { return number > 0; });
    return incumbent;
  };
  EXPECT_EQ(after(1).place(), 0u);
  EXPECT_EQ(after(2).place(), 1u);
  EXPECT_EQ(after(3).place(), 1u);
  EXPECT_EQ(after(4).place(), 3u);
  EXPECT_GT(after(2).radius(), after(1).radius());
  EXPECT_LT(after(3).radius(), after(2).radius());
  groups::Incumbent incumbent(100);
  incumbent.follow(history, [](int) { return false; });
  EXPECT_EQ(incumbent.radius(), after(1).radius()); // probes leave it
}

TEST(GroupsSampler, FirstLowersEachGroupByItself) {
  Space space = llamaSpace(4.25, 2);
  SyntheticModel model(space, 1, 0.001);
  SearchOptions options;
  options.trials = 1 + space.groups;
  // A probe that happens to become the incumbent would move the later ones.
  const StudyResult result = runSearch(space, model, options);
  std::set<int> seen;
  for (size_t t = 1; t < result.trials.size(); ++t) {
    std::set<int> lowered;
    for (size_t i = 0; i < space.variables.size(); ++i)
      if (result.trials[t].choice[i] < space.uniform()[i])
        lowered.insert(space.variables[i].group);
    ASSERT_EQ(lowered.size(), 1u) << "trial " << t;
    seen.insert(*lowered.begin());
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(space.groups));
}

TEST(DamageModel, NoiseFallsFourfoldABit) {
  Space space = llamaSpace(4.25, 1);
  DamageModel model(space);
  EXPECT_EQ(model.noise(0)[2], 1);
  EXPECT_NEAR(model.noise(0)[1], 4, 0.3);
  EXPECT_NEAR(model.noise(0)[3], 0.25, 0.02);
}

TEST(DamageModel, LearnsWhatEachTensorCosts) {
  Space space = llamaSpace(4.25, 2);
  SyntheticModel synthetic(space, 3, 0.0005);
  GroupsSampler sampler(space, 1);
  std::vector<Trial> history;
  for (int number = 0; number < 80; ++number) {
    Trial trial;
    trial.choice = space.uniform();
    if (number > 0) {
      std::vector<double> scores = sampler.propose(number, history);
      trial.choice.assign(scores.begin(), scores.end());
    }
    ASSERT_TRUE(space.fits(trial.choice));
    trial.evaluation = synthetic(trial.choice);
    trial.cost = trial.evaluation.loss;
    history.push_back(trial);
  }
  DamageModel model(space);
  model.fit(history);
  double error = 0, spread = 0, mean = 0;
  for (double truth : synthetic.sensitivity)
    mean += truth / static_cast<double>(synthetic.sensitivity.size());
  for (size_t i = 0; i < synthetic.sensitivity.size(); ++i) {
    error += std::pow(model.damage()[i] - synthetic.sensitivity[i], 2);
    spread += std::pow(mean - synthetic.sensitivity[i], 2);
  }
  EXPECT_LT(error, 0.1 * spread);
}

TEST(GroupsSampler, BeatsUniformAndOtherSamplersOnTheSameTrials) {
  Space space = llamaSpace(4.25);
  SyntheticModel model(space, 5, 0.002, 32);
  SearchOptions options;
  options.trials = 200;
  auto start = std::chrono::steady_clock::now();
  StudyResult found = runSearch(space, model, options);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  options.sampler = "tpe";
  StudyResult tpe = runSearch(space, model, options);
  const double uniform = model.expected(space.uniform()), ours = model.expected(found.best.choice);
  std::printf("uniform %.4f, tpe %.4f, groups %.4f; %.2f ms a trial of %zu parameters\n", uniform,
              model.expected(tpe.best.choice), ours, 1e3 * seconds / options.trials, space.variables.size());
  EXPECT_LT(ours, uniform - 0.03);
  EXPECT_LT(ours, model.expected(tpe.best.choice) - 0.02);
}

TEST(GroupsSampler, ANewOneGoesOnWhereAnotherStopped) {
  Space space = llamaSpace(4.25, 2);
  SyntheticModel model(space, 1, 0.001);
  SearchOptions options;
  options.trials = 60;
  StudyResult result = runSearch(space, model, options);
  GroupsSampler fresh(space, options.seed);
  for (int number : {59, 30, 45, 3}) {
    std::vector<double> scores = fresh.propose(number, std::span(result.trials).first(static_cast<size_t>(number)));
    EXPECT_EQ(Choice(scores.begin(), scores.end()), result.trials[static_cast<size_t>(number)].choice);
  }
}

} // namespace
} // namespace mase
