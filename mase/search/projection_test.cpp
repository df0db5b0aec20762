// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/projection.h"

#include "mase/search/testing/synthetic_model.h"
#include "mase/support/error.h"
#include "mase/support/random.h"

#include <cmath>
#include <gmock/gmock.h>

namespace mase {
namespace {
using namespace testing_support;

std::vector<double> randomScores(const Space &space, Random &random) {
  std::vector<double> scores;
  for (size_t i = 0; i < space.variables.size(); ++i)
    scores.push_back(9 * random.uniform() - 1.5);
  return scores;
}

Choice rounded(const Space &space, const std::vector<double> &scores) {
  Choice choice;
  for (size_t i = 0; i < scores.size(); ++i)
    choice.push_back(std::clamp(static_cast<int>(std::floor(scores[i] + 0.5)), 0,
                                static_cast<int>(space.variables[i].choices.size()) - 1));
  return choice;
}

TEST(Projection, FitsAndNeverRaisesWhateverTheScores) {
  Random random(3);
  for (double budget : {2.25, 2.3, 4.25, 5.1, 8.25, 9.0}) {
    Space space = llamaSpace(budget, 2);
    for (int i = 0; i < 200; ++i) {
      std::vector<double> scores = randomScores(space, random);
      Choice choice = project(space, scores);
      ASSERT_TRUE(space.fits(choice));
      Choice proposal = rounded(space, scores);
      for (size_t v = 0; v < choice.size(); ++v)
        ASSERT_LE(choice[v], proposal[v]);
      EXPECT_EQ(choice, project(space, scores));
      // What fits is left alone, so the projection of a projection is itself.
      EXPECT_EQ(choice, project(space, {choice.begin(), choice.end()}));
      // Nothing that was lowered fits any higher.
      for (size_t v = 0; v < choice.size(); ++v)
        if (choice[v] < proposal[v]) {
          Choice higher = choice;
          ++higher[v];
          ASSERT_FALSE(space.fits(higher)) << "variable " << v << " could stay higher";
        }
    }
  }
}

TEST(Projection, FractionsSayWhoGivesWayFirst) {
  Space space = llamaSpace(4.25, 1);
  std::vector<double> scores(space.variables.size(), 2.0);
  size_t q = 0, up = 10;
  scores[q] = 3.4;   // one weight asks for a bit more ...
  scores[up] = 1.55; // ... and a larger one is the first to pay
  Choice expected(scores.size(), 2);
  expected[q] = 3;
  expected[up] = 1;
  EXPECT_EQ(project(space, scores), expected);
}

TEST(Projection, TiesAreBrokenByIndex) {
  Space space = llamaSpace(4.25, 1);
  std::vector<double> scores(space.variables.size(), 2.0);
  scores[10] = 3.4; // up_proj's weight; all the others would pay equally gladly
  Choice expected(scores.size(), 2);
  expected[10] = 3;
  expected[0] = expected[1] = 1; // q_proj's weight alone is too small
  EXPECT_EQ(project(space, scores), expected);
}

TEST(Projection, WhatWasLoweredInVainIsRaisedAgain) {
  Space space = llamaSpace(4.25, 1);
  std::vector<double> scores(space.variables.size(), 2.0);
  scores[0] = 3.4;  // q_proj's weight
  scores[2] = 1.5;  // k_proj's weight, half its size, pays first but not enough
  scores[10] = 1.6; // up_proj's weight pays for all
  Choice expected(scores.size(), 2);
  expected[0] = 3;
  expected[10] = 1;
  EXPECT_EQ(project(space, scores), expected);
}

TEST(Space, UniformIsTheHighestFormatThatFits) {
  EXPECT_EQ(llamaSpace(4.25).uniform(), Choice(86, 2));
  EXPECT_EQ(llamaSpace(5.2).uniform(), Choice(86, 2));
  EXPECT_EQ(llamaSpace(20).uniform(), Choice(86, 6));
  EXPECT_NEAR(llamaSpace(4.25).averageBits(Choice(86, 2)), 4.25, 1e-12);
}

TEST(Space, AveragesAreThoseOfTheAssignment) {
  Space space = llamaSpace(9);
  Random random(5);
  Choice choice;
  for (size_t i = 0; i < space.variables.size(); ++i)
    choice.push_back(static_cast<int>(random.below(7)));
  EXPECT_NEAR(space.averageBits(choice), averageBits(llamaSlots(), space.assignment(choice)).all, 1e-12);
}

TEST(Space, GroupsAreWhatOneModuleReads) {
  Space space = llamaSpace(4.25);
  EXPECT_EQ(space.groups, 6 * 3 * 2 + 2);
  EXPECT_EQ(space.variables[0].group, space.variables[6].group);  // q and o: weights
  EXPECT_NE(space.variables[0].group, space.variables[1].group);  // a weight and an input
  EXPECT_EQ(space.variables[8].group, space.variables[10].group); // gate and up
  EXPECT_NE(space.variables[8].group, space.variables[12].group); // down
}

TEST(Space, ABudgetBelowTheLowestFormatsIsRefused) {
  try {
    llamaSpace(2.0);
    FAIL();
  } catch (const InputError &error) {
    EXPECT_STREQ(error.what(), "budget of 2 average bits: the lowest formats of the space need 2.25 (a higher budget, "
                               "or lower formats)");
  }
}

} // namespace
} // namespace mase
