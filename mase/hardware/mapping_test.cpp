// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/mapping.h"

#include "mase/support/error.h"
#include "mase/support/random.h"

#include <functional>
#include <gmock/gmock.h>
#include <optional>
#include <tuple>

namespace mase {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

MappingProblem randomProblem(uint64_t seed) {
  Random random(seed);
  auto number = [&random](uint64_t low, uint64_t high) {
    return static_cast<int64_t>(low + random.below(high - low + 1));
  };
  MappingProblem problem;
  size_t stages = 1 + random.below(4);
  for (size_t s = 0; s < stages; ++s) {
    Stage &stage = problem.stages.emplace_back();
    stage.name = "s" + std::to_string(s);
    size_t candidates = 1 + random.below(4);
    const bool grows = seed % 2 == 0 && random.below(3) == 0;
    for (size_t c = 0; c < candidates; ++c) {
      Candidate candidate;
      int64_t parallel = number(1, 16);
      candidate.grows = grows;
      candidate.interval = 640 / parallel;
      candidate.latency = candidate.interval + number(5, 50);
      candidate.area = {parallel * number(10, 20), parallel * 10, seed % 3 == 0 ? number(0, 2) : 0, 0, 0};
      if (random.below(5) != 0) {
        candidate.memoryWidth = parallel * number(8, 40);
        candidate.memoryDepth = candidate.interval * number(1, 3);
      }
      stage.candidates.push_back(candidate);
    }
  }
  for (size_t s = 0; s < stages; ++s) {
    if (s == 0 || random.below(2))
      problem.path.emplace_back();
    problem.path.back().push_back(static_cast<int>(s));
  }
  auto count = static_cast<uint64_t>(stages);
  problem.budget = {number(20 * count, 400 * count), 100000, number(0, count), number(0, 8 * count),
                    number(0, 4 * count)};
  return problem;
}

// The slow, obvious reference: every choice of every stage.
void forEveryMapping(const MappingProblem &problem, std::vector<StageChoice> &choices,
                     const std::function<void(const Mapping &)> &visit) {
  if (choices.size() == problem.stages.size()) {
    Mapping mapping = evaluate(problem, choices);
    if (mapping.area.fits(problem.budget))
      visit(mapping);
    return;
  }
  const auto &candidates = problem.stages[choices.size()].candidates;
  for (size_t c = 0; c < candidates.size(); ++c)
    for (MemoryKind memory : memoryKinds(candidates[c])) {
      choices.push_back({static_cast<int>(c), memory});
      forEveryMapping(problem, choices, visit);
      choices.pop_back();
    }
}

/// The slowest stage's interval, of those that take as long for each row and of those that grow.
std::pair<int64_t, int64_t> slowestOf(const MappingProblem &problem, const Mapping &mapping) {
  int64_t slowest[2] = {0, 0};
  for (size_t s = 0; s < problem.stages.size(); ++s) {
    const Candidate &c = problem.stages[s].candidates[static_cast<size_t>(mapping.choices[s].candidate)];
    slowest[c.grows ? 1 : 0] = std::max(slowest[c.grows ? 1 : 0], c.interval);
  }
  return {slowest[0], slowest[1]};
}

TEST(Mapping, RowsThatGrowCountInTheMeanOfAContext) {
  EXPECT_EQ(meanInterval(100, 0), 100);
  EXPECT_EQ(meanInterval(100, 100), 100);
  EXPECT_EQ(meanInterval(100, 200), 125); // half the rows take 100, the others 150 in the mean
  EXPECT_EQ(meanInterval(0, 200), 100);
}

TEST(Mapping, TheFewestLutsAreThoseOfEveryChoice) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const MappingProblem problem = randomProblem(seed);
    std::optional<int64_t> least;
    std::vector<StageChoice> choices;
    forEveryMapping(problem, choices, [&least](const Mapping &mapping) {
      least = std::min(least.value_or(mapping.area.lut), mapping.area.lut);
    });
    if (!least) {
      EXPECT_THROW(solveForArea(problem), CheckError) << "seed " << seed;
      continue;
    }
    const Mapping mapping = solveForArea(problem);
    EXPECT_THAT(verify(problem, mapping), IsEmpty()) << "seed " << seed;
    EXPECT_TRUE(mapping.exact);
    ASSERT_EQ(mapping.area.lut, *least) << "seed " << seed;
    EXPECT_EQ(mapping.bound, *least);
  }
}

TEST(Mapping, BisectionAgreesWithEveryChoice) {
  int fit = 0, unfit = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    MappingProblem problem = randomProblem(seed);
    ASSERT_THAT(check(problem), IsEmpty());
    std::optional<std::tuple<double, double, int64_t>> least; // interval, then what grows as much as it may, then LUTs
    std::vector<StageChoice> choices;
    forEveryMapping(problem, choices, [&](const Mapping &mapping) {
      const auto [fixed, growing] = slowestOf(problem, mapping);
      const double interval = meanInterval(fixed, growing);
      std::tuple<double, double, int64_t> key{interval, growing > fixed ? static_cast<double>(growing) : 0,
                                              mapping.area.lut};
      if (!least || key < *least)
        least = key;
    });
    if (!least) {
      ++unfit;
      EXPECT_THROW(solveByBisection(problem), CheckError) << "seed " << seed;
      continue;
    }
    ++fit;
    Mapping mapping = solveByBisection(problem);
    EXPECT_THAT(verify(problem, mapping), IsEmpty()) << "seed " << seed;
    EXPECT_TRUE(mapping.exact);
    EXPECT_EQ(mapping.bound, mapping.interval);
    const auto [fixed, growing] = slowestOf(problem, mapping);
    ASSERT_EQ(meanInterval(fixed, growing), std::get<0>(*least)) << "seed " << seed;
    ASSERT_EQ(mapping.area.lut, std::get<2>(*least)) << "seed " << seed;
  }
  EXPECT_GT(fit, 50);
  EXPECT_GT(unfit, 50);
}

TEST(Mapping, LatencyAgreesWithEveryChoice) {
  for (uint64_t seed = 0; seed < 400; ++seed) {
    MappingProblem problem = randomProblem(seed);
    std::optional<int64_t> least;
    std::vector<StageChoice> choices;
    forEveryMapping(problem, choices, [&least](const Mapping &mapping) {
      least = std::min(least.value_or(mapping.latency), mapping.latency);
    });
    if (!least) {
      EXPECT_THROW(solveForLatency(problem), CheckError) << "seed " << seed;
      continue;
    }
    Mapping mapping = solveForLatency(problem);
    EXPECT_THAT(verify(problem, mapping), IsEmpty()) << "seed " << seed;
    EXPECT_LE(mapping.bound, *least);
    EXPECT_TRUE(mapping.exact) << "seed " << seed;
    ASSERT_EQ(mapping.latency, *least) << "seed " << seed;
  }
}

// Two stages side by side and one behind; the second candidate is twice as fast.
MappingProblem smallProblem() {
  MappingProblem problem;
  for (const char *name : {"q", "k", "o"})
    problem.stages.push_back({name, {{100, 110, {50, 60, 0, 0, 0}, 72, 100}, {50, 60, {90, 120, 0, 0, 0}, 144, 50}}});
  problem.path = {{0, 1}, {2}};
  problem.budget = {300, 1000, 0, 4, 1};
  return problem;
}

TEST(Mapping, LatencyIsThatOfTheCriticalPath) {
  MappingProblem problem = smallProblem();
  Mapping mapping = evaluate(problem, {{0, MemoryKind::Bram}, {1, MemoryKind::Bram}, {1, MemoryKind::Uram}});
  EXPECT_EQ(mapping.interval, 100);
  EXPECT_EQ(mapping.latency, 110 + 60);
  EXPECT_EQ(mapping.area, (Area{264, 322, 0, 3, 2})); // 34 LUT and 22 FF are the memories' counters
}

TEST(Mapping, WhatIsShortIsNamed) {
  auto errorOf = [](const MappingProblem &problem) -> std::string {
    try {
      solveByBisection(problem);
    } catch (const CheckError &error) {
      return error.what();
    }
    return "no error";
  };
  MappingProblem problem = smallProblem();
  EXPECT_EQ(errorOf(problem), "no error");
  problem.budget.lut = 185;
  EXPECT_EQ(errorOf(problem), "nothing fits: the smallest of every stage take 186 LUT of 185");
  problem.budget.lut = 240; // not enough for three times LUTRAM
  problem.budget.bram = 0;
  EXPECT_EQ(errorOf(problem), "nothing fits: no choice of tiles and memories stays within 240 LUT, 0 DSP, 0 BRAM and 1 "
                              "URAM at once");
  problem = smallProblem();
  problem.budget.ff = 179;
  EXPECT_THAT(errorOf(problem), testing::StartsWith("nothing fits: the mapping takes ")) << errorOf(problem);
  EXPECT_THAT(errorOf(problem), testing::EndsWith(" FF of 179"));
}

TEST(Mapping, CheckFindsWhatIsNoProblem) {
  EXPECT_THAT(check({}), ElementsAre("no stages"));
  MappingProblem problem = smallProblem();
  problem.stages[0].candidates.clear();
  problem.stages[1].candidates[0].interval = 0;
  problem.stages[1].candidates[1].memoryDepth = 0;
  problem.path = {{0, 0}, {2, 7}};
  EXPECT_THAT(check(problem),
              ElementsAre("stage 'q' has no candidate",
                          "stage 'k', candidate 0: interval 0 and latency 110 are not positive",
                          "stage 'k', candidate 1: a negative area, or a memory without width or depth",
                          "the path names stage 7 of 3", "stage 'q' stands 2 times in the path (once would be right)",
                          "stage 'k' stands 0 times in the path (once would be right)"));
}

TEST(Mapping, VerifyFindsFalseAnswers) {
  MappingProblem problem = smallProblem();
  Mapping right = solveByBisection(problem);
  ASSERT_THAT(verify(problem, right), IsEmpty());
  Mapping wrong = right;
  wrong.interval += 1;
  wrong.latency += 1;
  wrong.area.ff += 1;
  EXPECT_THAT(verify(problem, wrong), testing::SizeIs(3));
  wrong = right;
  wrong.choices[1].memory = MemoryKind::None;
  wrong.choices[2].candidate = 2;
  EXPECT_THAT(verify(problem, wrong),
              ElementsAre("the memory of stage 'k' cannot lie in 'none'", "stage 'o' has no candidate 2"));
  wrong.choices.pop_back();
  EXPECT_THAT(verify(problem, wrong), ElementsAre("2 choices for 3 stages"));
  MappingProblem tighter = problem;
  tighter.budget = {right.area.lut - 1, right.area.ff - 1, 0, right.area.bram - 1, 1};
  EXPECT_THAT(verify(tighter, right), testing::SizeIs(3));
}

TEST(Memory, BlocksAreCountedByPorts) {
  EXPECT_EQ(memoryArea(MemoryKind::Bram, 72, 512).bram, 1);
  EXPECT_EQ(memoryArea(MemoryKind::Bram, 73, 513).bram, 3); // 1024 x 36
  EXPECT_EQ(memoryArea(MemoryKind::Bram, 16, 45056).bram, 22);
  EXPECT_EQ(memoryArea(MemoryKind::Bram, 1, 32769).bram, 2);
  EXPECT_EQ(memoryArea(MemoryKind::Uram, 72, 4096).uram, 1);
  EXPECT_EQ(memoryArea(MemoryKind::Uram, 145, 4097).uram, 6);
  EXPECT_EQ(memoryArea(MemoryKind::Bram, 36, 1000).lut, 15); // the counter
  EXPECT_EQ(memoryArea(MemoryKind::Bram, 36, 1000).ff, 11);
  EXPECT_EQ(memoryArea(MemoryKind::Lutram, 10, 64).lut, 11 + 10);
  EXPECT_EQ(memoryArea(MemoryKind::Lutram, 10, 256).lut, 13 + 70); // four leaves and three multiplexers a bit
  EXPECT_EQ(memoryArea(MemoryKind::None, 10, 64), Area{});
  // Two words a cycle: ports of 36 bits, LUTs twice.
  EXPECT_EQ(memoryArea(MemoryKind::Bram, 72, 512, 2).bram, 2);
  EXPECT_EQ(memoryArea(MemoryKind::Bram, 16, 45056, 2).bram, 22);
  EXPECT_EQ(memoryArea(MemoryKind::Uram, 72, 4096, 2).uram, 1);
  EXPECT_EQ(memoryArea(MemoryKind::Lutram, 10, 64, 2).lut, 11 + 20);
}

} // namespace
} // namespace mase
