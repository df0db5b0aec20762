// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whole models in Verilator against the integer model: every edge, every bit. The models are tiny; their kinds are
// built once for all tests of a run.
#include "mase/rtl/model_simulation.h"

#include "mase/ops/edge/plumbing_module.h"
#include "mase/rtl/model_folder.h"
#include "mase/rtl/netlist_top.h"
#include "mase/rtl/process.h"
#include "mase/rtl/testing/built_netlist.h"
#include "mase/rtl/testing/tiny_netlist.h"
#include "mase/rtl/verilator_tools.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"
#include "mase/support/temporary_folder.h"

#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

using testing_netlist::build;
using testing_netlist::libraryIn;
using testing_netlist::Tiny;

bool installed(const char *tool, const char *question) { return runProcess({tool, question}).status == 0; }

std::vector<ModelToken> sequence(std::initializer_list<int32_t> ids) {
  std::vector<ModelToken> tokens;
  for (int32_t id : ids)
    tokens.push_back({id, true, false});
  tokens.back().last = true;
  return tokens;
}

struct ModelSimulationTest : ::testing::Test {
  void SetUp() override {
    if (!installed("verilator", "--version"))
      GTEST_SKIP() << "verilator is not installed";
  }
};

/// Runs tokens beside the integer model.
struct Pair {
  const Tiny &tiny;
  ModelSimulation hardware;
  BitTrueSequence integers;
  Pair(const Tiny &tiny, const VerilatedLibrary &library, const SimulationStalls &stalls)
      : tiny(tiny), hardware(tiny.netlist, library, stalls), integers(*tiny.integers) {}
  std::vector<int32_t> run(const std::vector<ModelToken> &tokens) {
    return hardware.run(tokens, expectedBeats(tiny.netlist, *tiny.integers, integers, tokens));
  }
};

TEST_F(ModelSimulationTest, EveryEdgeIsTheIntegerModels) {
  const Tiny tiny;
  const VerilatedLibrary library = build(tiny.netlist);
  for (bool stalled : {false, true}) {
    Pair pair(tiny, library, {stalled, 7});
    std::vector<ModelToken> tokens = sequence({3, 1, 4, 1, 5, 9, 2, 6});
    for (size_t t = 0; t < 5; ++t) // of a prompt
      tokens[t].wanted = false;
    EXPECT_EQ(pair.run(tokens).size(), 3U);
    EXPECT_EQ(pair.hardware.mismatches(), 0) << pair.hardware.firstDifference();
    EXPECT_GT(pair.hardware.compared(), 10000);
  }
}

TEST_F(ModelSimulationTest, PromptsAtOnceOrTokenByToken) { // law 3
  const Tiny tiny;
  const VerilatedLibrary library = build(tiny.netlist);
  Pair once(tiny, library, {}), single(tiny, library, {});
  const std::vector<ModelToken> tokens = sequence({60, 2, 2, 17, 33, 8});
  std::vector<int32_t> ids;
  for (const ModelToken &token : tokens)
    ids.push_back(single.run({token}).at(0));
  EXPECT_EQ(once.run(tokens), ids);
  EXPECT_EQ(once.hardware.mismatches() + single.hardware.mismatches(), 0);
}

TEST_F(ModelSimulationTest, ManySequencesBackToBack) {
  const Tiny tiny;
  const VerilatedLibrary library = build(tiny.netlist);
  Pair pair(tiny, library, {true, 3});
  std::vector<ModelToken> tokens;
  for (int32_t s = 0; s < 20; ++s)
    for (int32_t t = 0; t <= s % 5; ++t)
      tokens.push_back({(s * 7 + t * 13) % 64, t % 2 == 0, t == s % 5});
  pair.run(tokens);
  EXPECT_EQ(pair.hardware.mismatches(), 0) << pair.hardware.firstDifference();
}

TEST_F(ModelSimulationTest, AResetInMidSequenceLeavesNothing) {
  const Tiny tiny;
  const VerilatedLibrary library = build(tiny.netlist);
  Pair pair(tiny, library, {});
  pair.hardware.run(std::vector<ModelToken>{{1, false, false}, {2, true, false}, {3, false, false}}, {});
  pair.hardware.reset();
  pair.run(sequence({5, 4, 3}));
  EXPECT_EQ(pair.hardware.mismatches(), 0) << pair.hardware.firstDifference();
}

TEST_F(ModelSimulationTest, BeyondTheContextTokensAreSwallowedAndSaid) {
  const Tiny tiny;
  const VerilatedLibrary library = build(tiny.netlist);
  Pair pair(tiny, library, {});
  std::vector<ModelToken> full;
  for (int32_t t = 0; t < 32; ++t)
    full.push_back({t, t == 31, false});
  pair.run(full);
  EXPECT_FALSE(pair.hardware.error());
  pair.hardware.run(std::vector<ModelToken>{{1, false, false}, {2, false, false}, {3, false, true}}, {});
  pair.integers.restart();
  pair.run(sequence({5, 4, 3})); // the next sequence is sound
  EXPECT_TRUE(pair.hardware.error());
  EXPECT_EQ(pair.hardware.mismatches(), 0) << pair.hardware.firstDifference();
}

TEST_F(ModelSimulationTest, BitsDoNotDependOnTilesOrFormats) { // law 2, by the integer model
  for (const auto &[format, interval] : {std::pair("mxint4", int64_t{2000}), {"mxfp8_e4m3", int64_t{64}}}) {
    const Tiny tiny(format, interval);
    const VerilatedLibrary library = build(tiny.netlist);
    Pair pair(tiny, library, {true, 5});
    pair.run(sequence({11, 22, 33, 44}));
    EXPECT_EQ(pair.hardware.mismatches(), 0) << format << ": " << pair.hardware.firstDifference();
  }
}

TEST_F(ModelSimulationTest, AWrongWeightIsNamedWhereItIsFirstSeen) {
  Tiny tiny;
  for (NetInstance &instance : tiny.netlist.instances)
    if (instance.name == "model.layers.1.mlp.up_proj") {
      std::string &word = instance.module.words->words[0];
      word.back() = word.back() == '0' ? '1' : '0';
    }
  const VerilatedLibrary library = build(tiny.netlist);
  Pair pair(tiny, library, {});
  pair.run(sequence({3, 1, 4, 1, 5, 9}));
  EXPECT_GT(pair.hardware.mismatches(), 0);
  EXPECT_THAT(pair.hardware.firstDifference(),
              ::testing::MatchesRegex("model.layers.1.mlp.up_proj, token [0-9]+, (scale of )?element [0-9]+: .*"));
}

TEST_F(ModelSimulationTest, MoreThanWasAskedForIsSaid) {
  const Tiny tiny;
  const VerilatedLibrary library = build(tiny.netlist);
  ModelSimulation hardware(tiny.netlist, library, {});
  const std::vector<ModelToken> tokens = sequence({3, 1, 4});
  BitTrueSequence integers(*tiny.integers);
  std::vector<ExpectedBeats> expected = expectedBeats(tiny.netlist, *tiny.integers, integers, tokens);
  expected[2].beats.pop_back();
  EXPECT_THAT([&] { hardware.run(tokens, expected); },
              ::testing::ThrowsMessage<CheckError>(::testing::HasSubstr("tokens that it was given")));
}

TEST_F(ModelSimulationTest, ADamagedCacheIsNamed) {
  const TemporaryFolder folder("mase-cache");
  const HardwareModule fifo = controlModule(64, 32, 4);
  const std::vector<ModelSource> sources = {{fifo.kind, kindText(fifo), kindPorts(fifo)}};
  const std::vector<fs::path> files = libraryIn(folder.path());
  const VerilatedLibrary once(sources, files, folder.path() / "cache");
  // A library that was loaded once stays so under its name: the damaged one has another.
  fs::rename(folder.path() / "cache", folder.path() / "moved");
  for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder.path() / "moved"))
    if (entry.path().filename() == "model.so") {
      fs::remove(entry.path());
      writeFile(entry.path(), "no library");
    }
  const auto load = [&] { VerilatedLibrary(sources, files, folder.path() / "moved"); };
  EXPECT_THAT(load, ::testing::ThrowsMessage<InputError>(::testing::HasSubstr("cannot be loaded")));
}

TEST(TiedHead, ItsWordsAreTheEmbeddingsInTheFolderToo) {
  const Tiny tiny;
  const auto named = [](const NetInstance &instance) { return instance.name == "lm_head"; };
  const auto headOf = [&](const Netlist &netlist) -> const NetInstance & {
    return *std::find_if(netlist.instances.begin(), netlist.instances.end(), named);
  };
  const NetInstance &head = headOf(tiny.netlist);
  ASSERT_GE(head.wordsFrom, 0);
  const NetInstance &embedding = tiny.netlist.instances[static_cast<size_t>(head.wordsFrom)];
  EXPECT_EQ(embedding.module.module, "mase_tied_embedding");
  EXPECT_EQ(embedding.module.file->ports, 2);
  EXPECT_EQ(head.module.words->depth(), 0);

  const testing_netlist::WrittenTop written({"tiny", tiny.netlist, tiny.assignment, tiny.edges, 32, {}, {}});
  EXPECT_FALSE(fs::exists(written.model() / wordsFile(head)));
  const Netlist read = readModel(written.folder.path()).design.netlist;
  EXPECT_EQ(headOf(read).wordsFrom, head.wordsFrom);
  EXPECT_EQ(read.instances[static_cast<size_t>(head.wordsFrom)].module.file->words, embedding.module.file->words);
  EXPECT_EQ(read.instances[static_cast<size_t>(head.wordsFrom)].module.gives->bits, head.module.words->bits);

  const fs::path path = written.model() / "netlist.json";
  std::string text = readTextFile(path);
  const std::string from = fmt::format("\"words_from\": {}", head.wordsFrom);
  ASSERT_NE(text.find(from), std::string::npos);
  writeFile(path, text.replace(text.find(from), from.size(), "\"words_from\": 0"));
  EXPECT_THAT([&] { readModel(written.folder.path()); },
              ::testing::ThrowsMessage<InputError>(
                  ::testing::HasSubstr("lm_head has its words from an instance that gives none")));
}

TEST(TiedHead, AHeadOutsideLeavesTheEmbeddingACopy) {
  const Tiny tiny;
  std::vector<HardwareTile> tiles;
  for (const GraphStep &step : tiny.plan.graph().steps)
    tiles.push_back(smallestTile(step.op, 256));
  const Netlist apart = modelNetlist(*tiny.integers, tiles, {.leastDepths = false, .sharesTable = false});
  for (const NetInstance &instance : apart.instances) {
    EXPECT_EQ(instance.wordsFrom, -1);
    EXPECT_NE(instance.module.module, "mase_tied_embedding");
  }
}

TEST(HardwareEntry, AnOperatorWithoutHardwareIsNamed) {
  EXPECT_THAT([] { hardwareEntry("cross_entropy"); },
              ::testing::ThrowsMessage<InputError>(::testing::HasSubstr(
                  "operator 'cross_entropy' has no hardware (docs/adding-an-operator.md says how it gets some)")));
}

TEST_F(ModelSimulationTest, TheTopLevelTakesTheSameCycles) {
  const Tiny tiny;
  const ModelDesign design = {"tiny", tiny.netlist, tiny.assignment, tiny.edges, 32, {}, {}};
  const testing_netlist::WrittenTop written(design);
  const VerilatedLibrary whole = written.build(), parts = build(design.netlist);
  const Netlist alone = {{{"top", written.top, -1}}, {}};
  ModelSimulation stepped(design.netlist, parts, {}), real(alone, whole, {}, written.model());
  std::vector<ModelToken> tokens;
  for (int32_t id : {3, 1, 4, 1, 5, 9, 2, 6, 5, 3})
    tokens.push_back({id, id != 1, id == 9});
  EXPECT_EQ(real.run(tokens, {}), stepped.run(tokens, {}));
  EXPECT_EQ(real.cycle(), stepped.cycle());

  std::vector<std::string> lint = {"verilator", "--lint-only", "-Wall", "-DSYNTHESIS", "--top-module", topName("tiny")};
  lint.insert(lint.end(), written.files.begin(), written.files.end());
  EXPECT_EQ(runProcess(lint).output, "");
  if (installed("iverilog", "-V")) {
    std::vector<std::string> icarus = {"iverilog", "-g2012", "-t", "null", "-s", topName("tiny")};
    icarus.insert(icarus.end(), written.files.begin(), written.files.end());
    EXPECT_EQ(runProcess(icarus).output, "");
  }
  if (installed("yosys", "-V")) {
    std::string script = "read_verilog -sv -defer";
    for (const std::filesystem::path &file : written.files)
      script += " " + file.string();
    writeFile(written.folder.path() / "check.ys", script + "\nhierarchy -check -top " + topName("tiny") + "\n");
    const ProcessResult result =
        runProcess({"env", "-C", written.model(), "yosys", "-q", "-s", written.folder.path() / "check.ys"});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.output, "");
  }
}

} // namespace
} // namespace mase
