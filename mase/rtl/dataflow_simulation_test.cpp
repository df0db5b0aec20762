// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Dataflows made by hand, whose cycles are known.
#include "mase/rtl/channel_depths.h"
#include "mase/rtl/deadlock.h"
#include "mase/support/error.h"

#include <gmock/gmock.h>

using testing::ElementsAre;
using testing::HasSubstr;

namespace mase {
namespace {

using Gives = WorkPhase::Gives;

NetInstance module(const std::string &name, ModuleTiming timing, size_t results = 1) {
  NetInstance instance;
  instance.name = name;
  instance.module.kind = name;
  instance.module.results.resize(results, {.name = "y", .dataBits = 1, .tile = 1, .features = 8});
  instance.module.timing = std::move(timing);
  return instance;
}

/// Keeps whole rows of `beats` beats, two at most, and takes `ticks` cycles before it gives them back.
NetInstance store(const std::string &name, int64_t beats, int64_t ticks) {
  ModuleTiming timing;
  timing.inputs = {{.slots = 2, .unit = beats}};
  timing.phases = {{.ticks = ticks}, {.ticks = beats, .gives = Gives::every}};
  timing.queue = {.capacity = 4};
  return module(name, timing);
}

/// A row of beats for each token, by a register.
NetInstance entrance(int64_t beats) {
  ModuleTiming timing;
  timing.inputs = {InputTiming{}};
  timing.phases = {{.ticks = beats, .gives = Gives::every}};
  return module("entrance", timing);
}

/// Beats of two streams, one by one.
NetInstance join() {
  ModuleTiming timing;
  timing.inputs = {InputTiming{}, InputTiming{}};
  timing.phases = {{.gives = Gives::every}};
  timing.queue = {.capacity = 4};
  return module("join", timing);
}

/// A result for each row that is wanted.
NetInstance end(int64_t beats) {
  ModuleTiming timing;
  timing.inputs = {{.use = InputTiming::Use::taken}};
  timing.phases = {{.repeat = beats - 1, .takes = 0}, {.gives = Gives::last, .takes = 0}};
  timing.queue = {.capacity = 4};
  timing.filters = true;
  return module("end", timing);
}

/// entrance -> store -> join -> end, with a path beside the store.
Netlist diamond(int64_t depth) {
  return {{entrance(8), store("slow", 8, 20), join(), end(8)},
          {{0, 0, 1, 0, 2}, {1, 0, 2, 0, 0}, {0, 0, 2, 1, depth}, {2, 0, 3, 0, 0}}};
}

/// The same with another store behind the first: two rows are inside when the first comes out.
Netlist longDiamond(int64_t depth) {
  return {{entrance(8), store("slow", 8, 20), store("slower", 8, 20), join(), end(8)},
          {{0, 0, 1, 0, 2}, {1, 0, 2, 0, 0}, {2, 0, 3, 0, 0}, {0, 0, 3, 1, depth}, {3, 0, 4, 0, 0}}};
}

TEST(DataflowSimulation, OneModuleTakesWhatItsFolderSays) {
  // S5: R rows of 4 beats take R * 4 + F + 32/8 - 1 cycles, F = 5 for a cast.
  ModuleTiming cast = beatwise(1, {.capacity = 8, .block = 4, .delay = 2, .registers = 2});
  const Netlist netlist = {{module("cast", cast)}, {}};
  DataflowSimulation simulation(netlist);
  for (int beat = 0; beat < 12; ++beat)
    simulation.feed(0, true);
  ASSERT_TRUE(simulation.runUntil(12));
  EXPECT_EQ(simulation.cycle(), 3 * 4 + 5 + 4 - 1);
}

TEST(DataflowSimulation, RowsComeAsOftenAsTheSlowestModuleTakesThem) {
  const Netlist netlist = {{entrance(8), store("slow", 8, 20)}, {{0, 0, 1, 0, 0}}};
  DataflowSimulation simulation(netlist);
  for (int row = 0; row < 6; ++row)
    simulation.feed(row, true);
  ASSERT_TRUE(simulation.runUntil(48));
  for (size_t row = 3; row < 6; ++row)
    EXPECT_EQ(simulation.results()[8 * row + 7] - simulation.results()[8 * row - 1], 28);
}

TEST(DataflowSimulation, ATokenThatComesLaterFindsNothingInItsWay) {
  const Netlist netlist = diamond(100);
  DataflowSimulation simulation(netlist);
  simulation.feed(0, true);
  ASSERT_TRUE(simulation.runUntil(1));
  const int64_t alone = simulation.cycle();
  simulation.feed(1, true);
  ASSERT_TRUE(simulation.runUntil(2));
  EXPECT_EQ(simulation.cycle(), 2 * alone);
}

TEST(ChannelDepths, ThePathBesideAStoreHoldsWhatIsInside) {
  // A row is inside before its first beat leaves; the join itself keeps four beats.
  EXPECT_EQ(leastDepths(diamond(200), 32, 2, 200).alive, 8 - 4 - 1);
}

TEST(ChannelDepths, AreTheLeastThatLoseNothing) {
  Netlist netlist = longDiamond(200);
  const LeastDepths least = leastDepths(netlist, 32, 3, 200);
  EXPECT_EQ(least.alive, 8 - 4 - 1);
  EXPECT_GT(least.fast, least.alive);
  reduceDepths(netlist, 32);
  EXPECT_GE(netlist.channels[3].depth, least.fast);
  EXPECT_LE(netlist.channels[3].depth, least.fast + 1);
  const DepthWorkload workload = depthWorkload(netlist, 32);
  const auto results = [&](int64_t depth) { return depthCycles(netlist, workload, {2, 0, 0, depth, 0}).results; };
  EXPECT_EQ(results(least.fast), results(200));
  EXPECT_NE(results(least.fast - 1), results(200));
  EXPECT_TRUE(results(least.alive - 1).empty());
}

TEST(Deadlock, TheCycleIsNamedWithTheDepthThatFreesIt) {
  const int64_t least = leastDepths(diamond(200), 32, 2, 200).alive;
  const Netlist netlist = diamond(least - 1);
  const std::vector<DataflowRow> rows = {{0, true}, {1, true}};
  DataflowSimulation simulation(netlist);
  simulation.feed(0, true);
  EXPECT_FALSE(simulation.runUntil(1));
  EXPECT_FALSE(findDeadlock(diamond(least), rows));
  const auto deadlock = findDeadlock(netlist, rows);
  ASSERT_TRUE(deadlock);
  EXPECT_EQ(deadlock->waits.size(), 3U);
  EXPECT_THAT(deadlock->frees, ElementsAre(std::pair<int64_t, int64_t>(2, least)));
  const std::string text = describe(*deadlock, netlist);
  EXPECT_THAT(text, HasSubstr("entrance waits for join, since entrance -> join is full (2 of 2 beats)"));
  EXPECT_THAT(text, HasSubstr("join waits for slow, since slow -> join is empty (wires)"));
  EXPECT_THAT(text, HasSubstr("slow waits for entrance, since entrance -> slow is empty (0 of 2 beats)"));
  EXPECT_THAT(text, HasSubstr("; entrance -> join needs 3 beats"));
}

TEST(DataflowSimulation, ModulesWithoutTimingAreRefused) {
  const Netlist netlist = {{module("lonely", {})}, {}};
  try {
    DataflowSimulation simulation(netlist);
    FAIL();
  } catch (const InputError &error) {
    EXPECT_STREQ(error.what(), "lonely: nothing says how long its module takes (emit the design anew)");
  }
}

} // namespace
} // namespace mase
