// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Dataflows made by hand, whose cycles are known.
#include "mase/rtl/channel_depths.h"
#include "mase/rtl/deadlock.h"
#include "mase/rtl/fewer_layers.h"
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
  timing.passes = ModuleTiming::Passes::wanted;
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

/// Layers that keep rows for 20 cycles, each with a path beside it.
Netlist deep(int layers) {
  Netlist netlist;
  netlist.instances = {entrance(8)};
  for (int l = 0; l < layers; ++l) {
    const std::string layer = "model.layers." + std::to_string(l);
    const int before = static_cast<int>(netlist.instances.size()) - 1;
    netlist.instances.push_back(store(layer + ".work", 8, 20));
    netlist.instances.push_back(join());
    netlist.instances.back().name = layer + ".add";
    netlist.channels.push_back({before, 0, before + 1, 0, 64});
    netlist.channels.push_back({before, 0, before + 2, 0, 64});
    netlist.channels.push_back({before + 1, 0, before + 2, 1, 0});
  }
  netlist.instances.push_back(end(8));
  netlist.channels.push_back({2 * layers, 0, 2 * layers + 1, 0, 0});
  return netlist;
}

TEST(FewerLayers, AreJoinedAsTheWholeDesign) {
  const Netlist six = deep(6);
  EXPECT_FALSE(fewerLayers(six, 6));
  const auto three = fewerLayers(six, 3);
  ASSERT_TRUE(three);
  const Netlist same = deep(3);
  ASSERT_EQ(three->instances.size(), same.instances.size());
  EXPECT_EQ(three->instances[5].name, "model.layers.5.work");
  ASSERT_EQ(three->channels.size(), same.channels.size());
  for (size_t c = 0; c < same.channels.size(); ++c) {
    EXPECT_EQ(three->channels[c].from, same.channels[c].from) << c;
    EXPECT_EQ(three->channels[c].to, same.channels[c].to) << c;
  }
  Netlist other = six; // what the last layer reads has no counterpart in the second one
  other.instances[4].name = "model.layers.1.sum";
  EXPECT_FALSE(fewerLayers(other, 3));
}

TEST(FewerLayers, DepthsOfManyLayersCostNoCycle) {
  const Netlist generous = deep(9);
  Netlist reduced = generous;
  reduceDepths(reduced, 32);
  const DepthWorkload workload = depthWorkload(generous, 32);
  std::vector<int64_t> before, after;
  for (size_t c = 0; c < generous.channels.size(); ++c) {
    before.push_back(generous.channels[c].depth);
    after.push_back(reduced.channels[c].depth);
  }
  const DepthCycles fast = depthCycles(generous, workload, before);
  EXPECT_EQ(depthCycles(generous, workload, after).results, fast.results);
  EXPECT_LT(after[1], 40); // beside a layer: two rows in it, and one
  for (size_t c = 1; c < after.size(); c += 3)
    after[c] = std::min<int64_t>(after[c], 8);
  EXPECT_NE(depthCycles(generous, workload, after, &fast).results, fast.results);
}

} // namespace
} // namespace mase
