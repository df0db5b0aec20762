// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/tpe/tpe_sampler.h"

#include "mase/search/search.h"
#include "mase/search/testing/synthetic_model.h"
#include "mase/search/tpe/parzen_estimator.h"
#include "mase/search/tpe/truncated_normal.h"

#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace mase {
namespace {
using nlohmann::json;

/// What scripts/record_tpe_cases.py recorded from Optuna 3.1.
json recordedCases() {
  std::ifstream stream(MASE_SOURCE_DIR "/mase/search/tpe/testdata/optuna_cases.json");
  return json::parse(stream)["cases"];
}

void expectNear(const std::vector<double> &ours, const json &theirs, double tolerance) {
  ASSERT_EQ(ours.size(), theirs.size());
  for (size_t i = 0; i < ours.size(); ++i)
    EXPECT_NEAR(ours[i], theirs[i].get<double>(), tolerance) << i;
}

TEST(Tpe, SplitsDensitiesAndDecisionsAreOptunas) {
  json cases = recordedCases();
  ASSERT_GE(cases.size(), 10u);
  for (const json &recorded : cases) {
    const auto values = recorded["values"].get<std::vector<int>>();
    const auto losses = recorded["losses"].get<std::vector<double>>();
    const int choices = recorded["choices"];
    SCOPED_TRACE(fmt::format("{} choices, {} trials", choices, values.size()));
    const tpe::Split split = tpe::split(losses, tpe::belowCount(losses.size()));
    EXPECT_EQ(split.below, recorded["below"].get<std::vector<size_t>>());
    EXPECT_EQ(split.above, recorded["above"].get<std::vector<size_t>>());
    std::vector<tpe::ParzenEstimator> estimators;
    for (auto [places, name] :
         {std::pair(&split.below, "below_estimator"), std::pair(&split.above, "above_estimator")}) {
      std::vector<int> observed;
      for (size_t place : *places)
        observed.push_back(values[place]);
      const tpe::ParzenEstimator &estimator = estimators.emplace_back(observed, choices);
      expectNear(estimator.weights(), recorded[name]["weights"], 1e-12);
      expectNear(estimator.mus(), recorded[name]["mus"], 1e-12);
      expectNear(estimator.sigmas(), recorded[name]["sigmas"], 1e-12);
      std::vector<double> logDensity;
      for (int choice = 0; choice < choices; ++choice)
        logDensity.push_back(estimator.logProbability(choice));
      expectNear(logDensity, recorded[name]["log_density"], 1e-9);
    }
    int winner = -1;
    double most = -1e300;
    for (int candidate : recorded["candidates"].get<std::vector<int>>()) {
      double ratio = estimators[0].logProbability(candidate) - estimators[1].logProbability(candidate);
      if (ratio > most) {
        most = ratio;
        winner = candidate;
      }
    }
    EXPECT_EQ(winner, recorded["winner"]);
  }
}

TEST(Tpe, NormalMassesHoldInTheTails) {
  EXPECT_NEAR(tpe::logNormalMass(-1, 1), std::log(0.682689492137086), 1e-14);
  EXPECT_NEAR(tpe::logNormalMass(8, 9), tpe::logNormalMass(-9, -8), 1e-13);
  EXPECT_NEAR(tpe::logNormalMass(-9, -8), -35.0135, 1e-3);
  EXPECT_NEAR(tpe::logNormalBelow(-20.000001), tpe::logNormalBelow(-19.999999), 1e-4);
  EXPECT_NEAR(tpe::logNormalBelow(-40), -804.608442, 1e-5);
}

TEST(Tpe, SamplesFollowTheDensity) {
  tpe::ParzenEstimator estimator({1, 1, 5, 2}, 7);
  Random random(1);
  std::vector<int> count(7);
  const int draws = 20000;
  for (int i = 0; i < draws; ++i)
    ++count[static_cast<size_t>(estimator.sample(random))];
  for (int choice = 0; choice < 7; ++choice)
    EXPECT_NEAR(count[static_cast<size_t>(choice)] / static_cast<double>(draws),
                std::exp(estimator.logProbability(choice)), 0.015);
}

TEST(Tpe, BeatsRandomSearch) {
  Space space = testing_support::llamaSpace(4.25, 2);
  testing_support::SyntheticModel model(space, 4, 0.001);
  SearchOptions options;
  options.trials = 250;
  options.sampler = "random";
  double random = runSearch(space, model, options).best.value;
  options.sampler = "tpe";
  auto start = std::chrono::steady_clock::now();
  double tpe = runSearch(space, model, options).best.value;
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("random %.4f, tpe %.4f; %.2f ms a trial of %zu parameters\n", random, tpe, 1e3 * seconds / options.trials,
              space.variables.size());
  EXPECT_LE(tpe, random);
}

} // namespace
} // namespace mase
