// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A tiny BERT that tells three classes apart in Verilator against the integer model: every edge, every bit.
#include "mase/rtl/model_simulation.h"

#include "mase/formats/registry.h"
#include "mase/rtl/channel_depths.h"
#include "mase/rtl/model_netlist.h"
#include "mase/rtl/process.h"
#include "mase/rtl/testing/built_netlist.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/error.h"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>

namespace mase {
namespace {

using testing_netlist::build;

struct Tiny {
  Plan plan;
  FormatAssignment assignment;
  EdgeFormats edges;
  std::unique_ptr<BitTruePlan> integers;
  Netlist netlist;

  explicit Tiny(const char *format = "mxint8", int64_t interval = 512, int64_t positions = 12)
      : plan(testing_model::TinyModel().encoder(positions)) {
    assignment = plan.uniform(parseFormat(format));
    edges = resolveEdges(plan.graph(), assignment, nullptr, {});
    integers = std::make_unique<BitTruePlan>(plan.graph(), assignment, edges);
    std::vector<HardwareTile> tiles;
    for (const GraphStep &step : plan.graph().steps)
      tiles.push_back(smallestTile(step.op, interval));
    netlist = modelNetlist(*integers, tiles);
  }
};

/// Sequences of these lengths, of random ids; the second half of each is of type 1.
std::vector<ModelToken> sequences(const std::vector<int32_t> &lengths) {
  std::vector<ModelToken> tokens;
  for (int32_t length : lengths)
    for (int32_t t = 0; t < length; ++t) {
      const auto id = static_cast<int32_t>((tokens.size() * 37 + 11) % 64);
      tokens.push_back({id, true, t + 1 == length, t >= length / 2});
    }
  return tokens;
}

/// The class of each sequence, as the integer model has it.
std::vector<int32_t> classes(const Tiny &tiny, const std::vector<ModelToken> &tokens) {
  std::vector<int32_t> result, ids, types;
  for (const ModelToken &token : tokens) {
    ids.push_back(token.id);
    types.push_back(token.type ? 1 : 0);
    if (!token.last)
      continue;
    BitTrueSequence sequence(*tiny.integers);
    const WideSums sums = tiny.integers->run(sequence, ids, nullptr, types).sum;
    result.push_back(static_cast<int32_t>(std::max_element(sums.begin(), sums.end()) - sums.begin()));
    ids.clear(), types.clear();
  }
  return result;
}

struct EncoderSimulationTest : ::testing::Test {
  void SetUp() override {
    if (runProcess({"verilator", "--version"}).status != 0)
      GTEST_SKIP() << "verilator is not installed";
  }
  /// Runs tokens beside the integer model.
  static void check(const Tiny &tiny, const VerilatedLibrary &library, const std::vector<ModelToken> &tokens,
                    const SimulationStalls &stalls) {
    BitTrueSequence sequence(*tiny.integers);
    ModelSimulation hardware(tiny.netlist, library, stalls);
    EXPECT_EQ(hardware.run(tokens, expectedBeats(tiny.netlist, *tiny.integers, sequence, tokens)),
              classes(tiny, tokens));
    EXPECT_EQ(hardware.mismatches(), 0) << hardware.firstDifference();
    EXPECT_GT(hardware.compared(), 1000);
    EXPECT_FALSE(hardware.error());
  }
};

TEST_F(EncoderSimulationTest, EveryEdgeIsTheIntegerModels) {
  const Tiny tiny;
  const VerilatedLibrary library = build(tiny.netlist);
  for (bool stalled : {false, true})
    check(tiny, library, sequences({7}), {stalled, 7});
}

TEST_F(EncoderSimulationTest, SequencesOfAllLengthsBackToBack) {
  const Tiny tiny;
  const VerilatedLibrary library = build(tiny.netlist);
  for (bool stalled : {false, true})
    check(tiny, library, sequences({12, 1, 5, 12, 12, 2, 1, 1, 9, 3}), {stalled, 5});
}

TEST_F(EncoderSimulationTest, ManyMoreTokensThanWordsOfControlMayWait) {
  const Tiny tiny("mxint8", 512, 100);
  const VerilatedLibrary library = build(tiny.netlist);
  check(tiny, library, sequences({100, 3, 100}), {});
}

TEST_F(EncoderSimulationTest, BitsDoNotDependOnTilesOrFormats) { // law 2, by the integer model
  const Tiny tiny("mxfp8_e4m3", 128);
  check(tiny, build(tiny.netlist), sequences({4, 9}), {true, 9});
}

TEST_F(EncoderSimulationTest, BeyondTheContextTokensAreSwallowedAndSaid) {
  const Tiny tiny;
  const VerilatedLibrary library = build(tiny.netlist);
  ModelSimulation hardware(tiny.netlist, library, {});
  std::vector<ModelToken> cut = sequences({12}), longer = cut;
  longer.back().last = false;
  longer.insert(longer.end(), {{5, true, false}, {6, true, true}});
  BitTrueSequence sequence(*tiny.integers);
  EXPECT_EQ(hardware.run(longer, expectedBeats(tiny.netlist, *tiny.integers, sequence, cut)), classes(tiny, cut));
  EXPECT_TRUE(hardware.error());
  const std::vector<ModelToken> next = sequences({3, 8}); // they are sound
  hardware.run(next, expectedBeats(tiny.netlist, *tiny.integers, sequence, next));
  EXPECT_EQ(hardware.mismatches(), 0) << hardware.firstDifference();
}

TEST_F(EncoderSimulationTest, AWrongClassIsNamed) {
  Tiny tiny;
  std::string &word = tiny.netlist.instances.back().module.words->words[0];
  word.back() = word.back() == '0' ? '1' : '0';
  const VerilatedLibrary library = build(tiny.netlist);
  BitTrueSequence sequence(*tiny.integers);
  ModelSimulation hardware(tiny.netlist, library, {});
  const std::vector<ModelToken> tokens = sequences({3, 2});
  hardware.run(tokens, expectedBeats(tiny.netlist, *tiny.integers, sequence, tokens));
  EXPECT_THAT(hardware.firstDifference(), ::testing::MatchesRegex("classifier, token [01], element 0: expected .*"));
}

TEST_F(EncoderSimulationTest, TheTopLevelTakesTheSameCycles) {
  const Tiny tiny;
  const testing_netlist::WrittenTop written(
      ModelDesign{"tiny-bert", tiny.netlist, tiny.assignment, tiny.edges, 12, {}, {}});
  const VerilatedLibrary whole = written.build(), parts = build(tiny.netlist);
  const Netlist alone = {{{"top", written.top, -1}}, {}, true};
  ModelSimulation stepped(tiny.netlist, parts, {}), real(alone, whole, {}, written.model());
  const std::vector<ModelToken> tokens = sequences({12, 1, 5, 2});
  EXPECT_EQ(real.run(tokens, {}), stepped.run(tokens, {}));
  EXPECT_EQ(real.cycle(), stepped.cycle());

  std::vector<std::string> lint = {"verilator",   "--lint-only",  "-Wall",
                                   "-DSYNTHESIS", "--top-module", topName("tiny-bert")};
  for (const auto &file : written.files)
    lint.push_back(file);
  EXPECT_EQ(runProcess(lint).output, "");
}

/// Cycles of each step of a run, as the dataflow has them.
void expectPredicted(const Netlist &netlist, const VerilatedLibrary &library,
                     const std::vector<std::vector<int32_t>> &runs) {
  ModelSimulation hardware(netlist, library, {});
  DataflowSimulation predicted(netlist);
  int64_t results = 0;
  for (const std::vector<int32_t> &lengths : runs) {
    hardware.run(sequences(lengths), {});
    for (int32_t length : lengths)
      for (int32_t t = 0; t < length; ++t)
        predicted.feed(t, t + 1 == length, t + 1 == length);
    ASSERT_TRUE(predicted.runUntil(results += std::ssize(lengths)));
    EXPECT_EQ(predicted.cycle(), hardware.cycle()) << lengths.size() << " sequences, the first of " << lengths[0];
    std::printf("%lld cycles\n", static_cast<long long>(hardware.cycle()));
  }
}

TEST_F(EncoderSimulationTest, CyclesArePredicted) {
  for (const auto &[format, interval] : {std::pair("mxint8", int64_t{512}), {"mxfp8_e4m3", int64_t{128}}}) {
    const Tiny tiny(format, interval);
    expectPredicted(tiny.netlist, build(tiny.netlist), {{7}, {12, 1, 5, 12, 2, 1}, {1}});
  }
}

TEST_F(EncoderSimulationTest, DepthsCostNoCycle) {
  const Tiny tiny;
  Netlist generous = tiny.netlist;
  for (NetChannel &channel : generous.channels)
    channel.depth = channel.depth > 0 ? 2000 : 0;
  const VerilatedLibrary library = build(tiny.netlist);
  for (int32_t length : {12, 1, 7}) {
    ModelSimulation hardware(tiny.netlist, library, {}), deeper(generous, library, {});
    hardware.run(sequences({length}), {}), deeper.run(sequences({length}), {});
    EXPECT_EQ(hardware.cycle(), deeper.cycle());
  }
  // With room for several sequences the next one's queries come earlier.
  ModelSimulation hardware(tiny.netlist, library, {}), deeper(generous, library, {});
  hardware.run(sequences({12, 12, 1, 7, 12}), {}), deeper.run(sequences({12, 12, 1, 7, 12}), {});
  EXPECT_LE(100 * hardware.cycle(), 102 * deeper.cycle());
}

TEST(EncoderNetlist, TypesOfTokensAreTwo) { // tuser is one bit
  const std::vector<float> rows(3 * 64);
  const OperatorDescription op = {"token_type_embedding", {}, {{"types", {rows.data(), 3, 64}}}, {{1, 64}}, 12};
  const BitTrueFormats formats = {{&parseFormat("mxint8")}, &parseFormat("mxint8"), &parseFormat("mxint8")};
  try {
    findHardware("token_type_embedding")->make({op, formats, {4, 4}});
    ADD_FAILURE() << "no error";
  } catch (const InputError &error) {
    EXPECT_STREQ(error.what(), "a table of 3 types of tokens (two are told apart by tuser)");
  }
}

TEST(EncoderNetlist, PathsBesideAttentionHoldASequence) {
  const Tiny tiny;
  int64_t held = 0;
  for (size_t c = 0; c < tiny.netlist.channels.size(); ++c) {
    const NetChannel &channel = tiny.netlist.channels[c];
    const NetInstance &to = tiny.netlist.instances[static_cast<size_t>(channel.to)];
    const HardwarePort &port = to.input(channel.input);
    const bool isQuery = to.module.module == "mase_scores" && port.name == "x";
    const bool isResidual = to.name == "layer.0.output.add" && port.name == "a";
    if (!isQuery && !isResidual)
      continue;
    ++held;
    // Some rows are in the modules of the path: two of queries in front of the products, some in linears.
    const LeastDepths least = leastDepths(tiny.netlist, 12, c, channel.depth);
    EXPECT_GE(least.alive, 6 * port.features / port.tile) << to.name;
    EXPECT_GE(channel.depth, least.fast) << to.name;
  }
  EXPECT_EQ(held, 2);
}

} // namespace
} // namespace mase
