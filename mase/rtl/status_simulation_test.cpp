// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The registers of an emitted top level, read by AXI4-Lite in one verilated model of it, beside what the simulation of
// its parts counts (docs/streams.md, S16).
#include "mase/rtl/process.h"
#include "mase/rtl/simulate_model.h"
#include "mase/rtl/status_map.h"
#include "mase/rtl/testing/axi_lite.h"
#include "mase/rtl/testing/built_netlist.h"
#include "mase/rtl/testing/tiny_netlist.h"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace mase {
namespace {

using testing_netlist::AxiLite;
using testing_netlist::build;
using testing_netlist::Tiny;
using testing_netlist::WrittenTop;

enum Register : int64_t {
  id = 0,
  version = 4,
  channels = 8,
  quietCycles = 12,
  state = 16,
  control = 20,
  cyclesLow = 24,
  cyclesHigh = 28,
  tokensIn = 32,
  resultsOut = 36,
  quiet = 40
};

struct StatusTest : ::testing::Test {
  void SetUp() override {
    if (runProcess({"verilator", "--version"}).status != 0)
      GTEST_SKIP() << "verilator is not installed";
  }
};

void feed(NetlistSimulation &simulation, const HardwarePort &entrance, std::initializer_list<int32_t> ids) {
  size_t left = ids.size();
  for (int32_t token : ids) {
    HexWord beat(entrance.bits());
    beat.append(static_cast<uint64_t>(token), entrance.bits() - 2);
    beat.append(token % 3 == 0 ? 1 : 0, 1);
    beat.append(--left == 0 ? 1 : 0, 1);
    simulation.feed(0, 0, beatOf(beat.hexadecimal(), entrance.bits()));
  }
}

/// The tiny LLaMA's top level as one model, and its parts.
struct Both {
  Tiny tiny;
  WrittenTop written{ModelDesign{"tiny", tiny.netlist, tiny.assignment, tiny.edges, 32, {}, {}}};
  VerilatedLibrary whole = written.build(), library = build(tiny.netlist);
  Netlist alone{{{"top", written.top, -1}}, {}};
  int64_t results = 0;
  NetlistSimulation top, parts;

  explicit Both(const SimulationStalls &stalls)
      : top(
            alone, whole, stalls, [this](int, size_t, const uint8_t *) { ++results; }, written.model()),
        parts(tiny.netlist, library, stalls, {}) {}
  void feedBoth(std::initializer_list<int32_t> ids) {
    const HardwarePort &entrance = tiny.netlist.instances[0].module.operands.at(0);
    feed(top, entrance, ids);
    feed(parts, entrance, ids);
  }
  std::vector<StreamCounts> countsAt(int64_t cycle) {
    while (parts.cycle() < cycle)
      parts.step();
    return streamCounts(tiny.netlist, parts);
  }
};

std::vector<StreamCounts> countersOf(AxiLite &axi, const Netlist &netlist) {
  std::vector<StreamCounts> counts(statusChannels(netlist).size());
  for (size_t c = 0; c < counts.size(); ++c) {
    const auto at = [&](StatusCounter counter) {
      return axi.read(statusAddress(static_cast<int64_t>(c), counter)).data;
    };
    counts[c] = {at(StatusCounter::moved), at(StatusCounter::stalled), at(StatusCounter::starved)};
  }
  return counts;
}

void expectEqual(const std::vector<StreamCounts> &got, const std::vector<StreamCounts> &want, const Netlist &netlist) {
  const std::vector<StatusChannel> names = statusChannels(netlist);
  ASSERT_EQ(got.size(), want.size());
  for (size_t c = 0; c < got.size(); ++c)
    EXPECT_TRUE(got[c] == want[c]) << fmt::format("{}: {} {} {}, {} {} {} expected", names[c].name, got[c].moved,
                                                  got[c].stalled, got[c].starved, want[c].moved, want[c].stalled,
                                                  want[c].starved);
}

TEST_F(StatusTest, EveryCounterIsTheSimulations) {
  Both both({true, 11, true}); // the design's own ports rest at random
  both.feedBoth({3, 1, 4, 1, 5, 9, 2, 6, 5, 3});
  both.feedBoth({6, 0, 7, 8, 12, 63, 33});
  AxiLite axi(both.top, 1);
  const Netlist &netlist = both.tiny.netlist;
  const int64_t count = std::ssize(statusChannels(netlist));
  EXPECT_EQ(axi.read(id).data, 0x4D415345U);
  EXPECT_EQ(axi.read(version).data, 0x03200001U);
  EXPECT_EQ(axi.read(channels).data, count);

  // In the middle of the run, and while registers are read all the time.
  while (both.results < 3)
    axi.read(statusAddress(both.results * 5 % count, StatusCounter::moved));
  EXPECT_EQ(axi.read(state).data & 2, 2U) << "busy";
  const int64_t stopped = axi.write(control, 2).cycle; // stand still
  EXPECT_EQ(axi.read(cyclesLow).data, stopped);
  EXPECT_EQ(axi.read(cyclesHigh).data, 0U);
  EXPECT_EQ(axi.read(control).data, 2U);
  const std::vector<StreamCounts> middle = both.countsAt(stopped);
  expectEqual(countersOf(axi, netlist), middle, netlist);
  EXPECT_EQ(axi.read(tokensIn).data, middle[0].moved);
  EXPECT_EQ(axi.read(resultsOut).data, middle[1].moved);
  EXPECT_GT(middle[0].stalled + middle[1].stalled, 0);

  // Cleared, and counted from another cycle to the end.
  EXPECT_EQ(axi.write(control, 3).response, 0U);
  EXPECT_EQ(axi.read(cyclesLow).data, 0U);
  const int64_t from = axi.write(control, 0).cycle;
  const std::vector<StreamCounts> before = both.countsAt(from);
  while (both.results < 9)
    both.top.step();
  axi.step(2 * axi.read(quietCycles).data);
  EXPECT_EQ(axi.read(state).data, 0U) << "idle";
  const int64_t to = axi.write(control, 2).cycle;
  std::vector<StreamCounts> after = both.countsAt(to);
  for (size_t c = 0; c < after.size(); ++c)
    after[c] = {after[c].moved - before[c].moved, after[c].stalled - before[c].stalled,
                after[c].starved - before[c].starved};
  expectEqual(countersOf(axi, netlist), after, netlist);
  EXPECT_EQ(axi.read(cyclesLow).data, to - from);
  EXPECT_EQ(axi.read(tokensIn).data, after[0].moved);
  EXPECT_EQ(axi.read(resultsOut).data, after[1].moved);
  EXPECT_EQ(both.results, 9);
}

TEST_F(StatusTest, WhatIsNoRegisterIsAnError) {
  Both both({});
  AxiLite axi(both.top, 2);
  const int64_t end = statusAddress(std::ssize(statusChannels(both.tiny.netlist)), StatusCounter::moved);
  for (const auto &[address, response] :
       {std::pair<int64_t, uint32_t>(quiet, 0), {44, 2}, {252, 2}, {256, 0}, {end, 2}})
    EXPECT_EQ(axi.read(address).response, response) << address;
  EXPECT_EQ(axi.read(end - 4).data, 0U); // no counter, but of the map
  EXPECT_EQ(axi.write(id, 7).response, 2U);
  EXPECT_EQ(axi.read(id).data, 0x4D415345U);
  EXPECT_EQ(axi.write(control, 2, 0xE).response, 0U); // not the byte that holds the bits
  EXPECT_EQ(axi.read(control).data, 0U);
  EXPECT_EQ(axi.read(state).data, 0U);
  both.feedBoth({2000});
  axi.step(10);
  EXPECT_EQ(axi.read(state).data & 1, 1U) << "no such id";
}

TEST_F(StatusTest, SaysWhatIsWhere) {
  const Tiny tiny;
  const auto json = nlohmann::json::parse(statusJson(tiny.netlist));
  EXPECT_EQ(json.at("channels").size(), tiny.netlist.channels.size() + 2);
  EXPECT_EQ(json.at("channels").at(0).at("name"), "s_axis");
  EXPECT_EQ(json.at("channels").at(2).at("address"), "0x120");
  EXPECT_EQ(json.at("registers").at(5).at("name"), "control");
  Netlist without = tiny.netlist;
  without.counters = false;
  for (const ModuleText &module : topTexts(without, "mase_tiny"))
    EXPECT_THAT(module.text,
                ::testing::Not(::testing::AnyOf(::testing::HasSubstr("status"), ::testing::HasSubstr("s_axil"))));
}

TEST_F(StatusTest, AFoldersSimulationSaysWhereItStallsAndWhatWasPredicted) {
  const Tiny tiny;
  ModelDesign design = {"tiny", tiny.netlist, tiny.assignment, tiny.edges, 32, {}, {}};
  for (int32_t token : {3, 1, 4, 1, 5, 9})
    design.tokens.push_back({token, true, token == 9});
  BitTrueSequence integers(*tiny.integers);
  design.expected = expectedBeats(tiny.netlist, *tiny.integers, integers, design.tokens);
  const WrittenTop written(design);
  const ModelSimulationResult result = simulateModel(written.folder.path(), {});
  EXPECT_EQ(result.mismatches, 0) << result.firstDifference;
  EXPECT_EQ(result.predictedCycles, result.resultCycles);
  EXPECT_GT(result.predictedCycles, 1000);
  ASSERT_EQ(result.channels.size(), tiny.netlist.channels.size() + 2);
  EXPECT_EQ(result.channels[0].counts.moved, 6);
  EXPECT_EQ(result.channels[1].counts.moved, 6);
  const std::string table = describeChannels(result, 2);
  std::printf("%s", table.c_str());
  EXPECT_THAT(table, ::testing::HasSubstr("% of the cycles; the channels whose writers wait for room longest"));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 6); // two titles, two channels below each
}

/// A node with counters of 8 bits: `{chain_i, ready, waiting, room, offered}` of two channels.
TEST_F(StatusTest, CountersStayAtTheirLargestValue) {
  const TemporaryFolder folder("mase-counters");
  const std::string text =
      "module node (input logic clk_i, input logic rst_i, input logic count_i, input logic clear_i,\n"
      "  input logic [1:0] offered_i, room_i, waiting_i, ready_i,\n"
      "  input logic [49:0] chain_i, output logic [49:0] chain_o);\n"
      "  mase_channel_counters #(.Channels(2), .First(5), .CounterBits(8)) u_node (.*);\nendmodule\n";
  const std::vector<KindPort> ports = {
      {"clk_i", 1, true},  {"rst_i", 1, true},     {"count_i", 1, true}, {"clear_i", 1, true},  {"offered_i", 2, true},
      {"room_i", 2, true}, {"waiting_i", 2, true}, {"ready_i", 2, true}, {"chain_i", 50, true}, {"chain_o", 50, false}};
  const VerilatedLibrary library({{"node", text, ports}}, testing_netlist::libraryIn(folder.path()),
                                 defaultVerilatorCache());
  VerilatedModel model = library.make("node");
  model.eval(); // there is no edge before
  const auto set = [&](const char *name, uint64_t value) {
    std::memcpy(model.port(name).data, &value, model.port(name).bytes);
  };
  const auto step = [&] {
    for (int level : {1, 0})
      set("clk_i", static_cast<uint64_t>(level)), model.eval();
  };
  const auto read = [&](uint64_t channel, uint64_t counter) -> uint64_t {
    set("chain_i", uint64_t{1} << 48 | channel << 34 | counter << 32);
    step();
    set("chain_i", 0);
    for (int i = 0; i < 40; ++i, step()) {
      uint64_t answer = 0;
      std::memcpy(&answer, model.port("chain_o").data, 8);
      if (answer >> 48 & 1)
        return answer & 0xFFFFFFFF;
    }
    return ~uint64_t{0};
  };
  set("rst_i", 1), step(), set("rst_i", 0);
  set("count_i", 1);
  const auto run = [&](int cycles, uint64_t offered, uint64_t room, uint64_t waiting, uint64_t ready) {
    set("offered_i", offered), set("room_i", room), set("waiting_i", waiting), set("ready_i", ready);
    for (int i = 0; i < cycles; ++i)
      step();
    set("offered_i", 0), set("room_i", 0), set("waiting_i", 0), set("ready_i", 0);
  };
  run(254, 1, 0, 2, 2); // channel 0 has no room, of channel 1 a beat moves
  EXPECT_EQ(read(5, 1), 254U);
  run(5, 1, 0, 0, 2); // the reader of channel 1 starves
  EXPECT_EQ(read(5, 0), 0U);
  EXPECT_EQ(read(5, 1), 255U);
  EXPECT_EQ(read(5, 2), 0U);
  EXPECT_EQ(read(6, 0), 254U);
  EXPECT_EQ(read(6, 1), 0U);
  EXPECT_EQ(read(6, 2), 5U);
  EXPECT_EQ(read(7, 0), 0U); // not of this node: passes
  run(300, 3, 0, 0, 0);
  EXPECT_EQ(read(5, 1), 255U);
  EXPECT_EQ(read(6, 1), 255U);
  set("clear_i", 1), step(), set("clear_i", 0);
  run(3, 0, 0, 3, 3);
  EXPECT_EQ(read(5, 0), 3U);
  EXPECT_EQ(read(5, 1), 0U);
}

} // namespace
} // namespace mase
