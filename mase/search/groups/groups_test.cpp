// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/groups/groups_sampler.h"

#include "mase/search/groups/allocation.h"
#include "mase/search/search.h"
#include "mase/search/testing/synthetic_model.h"

#include <chrono>
#include <cmath>
#include <gmock/gmock.h>

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

TEST(Allocation, IsNearlyTheBestOfAllAssignments) {
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
  Random random(2);
  constexpr int rounds = 20;
  double ratios = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> damage;
    for (size_t i = 0; i < 5; ++i)
      damage.push_back(std::exp(4 * random.uniform()));
    const auto cost = costsOf(space, damage);
    const Choice center(5, 2);
    const Choice found = groups::allocate(space, cost, center, 1, 1);
    EXPECT_TRUE(space.fits(found));
    double best = sumOf(cost, center);
    for (int code = 0; code < 243; ++code) {
      Choice choice;
      for (int i = 0, rest = code; i < 5; ++i, rest /= 3)
        choice.push_back(1 + rest % 3);
      if (space.fits(choice))
        best = std::min(best, sumOf(cost, choice));
    }
    EXPECT_LE(sumOf(cost, found), 1.25 * best);
    ratios += sumOf(cost, found) / best / rounds;
    EXPECT_LE(sumOf(cost, found), sumOf(cost, center));
    for (int index : found)
      EXPECT_TRUE(index >= 1 && index <= 3);
  }
  EXPECT_LE(ratios, 1.05);
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
