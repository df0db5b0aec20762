// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Predicted cycles of a tiny LLaMA beside those of its modules in Verilator.
#include "mase/formats/registry.h"
#include "mase/rtl/channel_depths.h"
#include "mase/rtl/dataflow_simulation.h"
#include "mase/rtl/embedded.h"
#include "mase/rtl/model_netlist.h"
#include "mase/rtl/model_simulation.h"
#include "mase/rtl/process.h"
#include "mase/rtl/verilator_tools.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/error.h"
#include "mase/support/output.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <map>
#include <set>
#include <unistd.h>

namespace fs = std::filesystem;
using testing::HasSubstr;

namespace mase {
namespace {

struct TinyDesign : ::testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-dataflow-{}", getpid());
  Plan plan{testing_model::TinyModel().graph()};
  FormatAssignment assignment = plan.uniform(parseFormat("mxint8"));
  BitTruePlan integers{plan.graph(), assignment, resolveEdges(plan.graph(), assignment, nullptr, {})};

  void SetUp() override {
    if (runProcess({"verilator", "--version"}).status != 0)
      GTEST_SKIP() << "verilator is not installed";
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  const Netlist &netlist(int64_t interval) {
    static std::map<int64_t, Netlist> made; // depths take a while
    Netlist &netlist = made[interval];
    std::vector<HardwareTile> tiles;
    for (const GraphStep &step : plan.graph().steps)
      tiles.push_back(smallestTile(step.op, interval));
    if (netlist.instances.empty())
      netlist = modelNetlist(integers, tiles);
    return netlist;
  }
  VerilatedLibrary library(const Netlist &netlist) {
    std::vector<fs::path> files;
    for (const EmbeddedFile &file : systemVerilogLibrary) {
      writeFile(folder / file.name, file.text);
      files.push_back(folder / file.name);
    }
    std::set<std::string> seen;
    std::vector<ModelSource> sources;
    for (const NetInstance &instance : netlist.instances)
      if (seen.insert(instance.module.kind).second)
        sources.push_back({instance.module.kind, kindText(instance.module), kindPorts(instance.module)});
    return {sources, files, defaultVerilatorCache()};
  }
};

struct DataflowModelTest : TinyDesign, ::testing::WithParamInterface<int> {};

TEST_P(DataflowModelTest, CyclesAreThoseOfTheHardware) {
  const Netlist &design = netlist(GetParam());
  const VerilatedLibrary built = library(design);
  ModelSimulation hardware(design, built, {});
  DataflowSimulation predicted(design);
  // A prompt at once, then token after token.
  int64_t position = 0, results = 0, before = 0;
  for (int tokens : {12, 1, 1, 1, 5}) {
    std::vector<ModelToken> chunk(static_cast<size_t>(tokens), {3, false, false});
    chunk.back().wanted = true;
    hardware.run(chunk, {});
    for (const ModelToken &token : chunk)
      predicted.feed(position++, token.wanted);
    ASSERT_TRUE(predicted.runUntil(++results));
    EXPECT_EQ(predicted.cycle(), hardware.cycle()) << tokens << " tokens";
    std::printf("%d tokens: %lld cycles\n", tokens, static_cast<long long>(hardware.cycle() - before));
    before = hardware.cycle();
  }
}
/// Cycles of a prompt in Verilator.
int64_t cyclesOf(const Netlist &design, const VerilatedLibrary &library, int64_t tokens) {
  ModelSimulation hardware(design, library, {});
  std::vector<ModelToken> prompt(static_cast<size_t>(tokens), {3, false, false});
  prompt.back().wanted = true;
  hardware.run(prompt, {});
  return hardware.cycle();
}

TEST_P(DataflowModelTest, DepthsCostNoCycle) {
  const Netlist &design = netlist(GetParam());
  Netlist generous = design;
  for (NetChannel &channel : generous.channels)
    channel.depth = channel.depth > 0 ? 2000 : 0;
  const VerilatedLibrary built = library(design);
  EXPECT_EQ(cyclesOf(design, built, 32), cyclesOf(generous, built, 32));
}

/// The FIFO beside attention, in which rows wait for the sum behind it.
size_t besideAttention(const Netlist &design) {
  for (size_t c = 0; c < design.channels.size(); ++c)
    if (const NetChannel &channel = design.channels[c];
        design.instances[static_cast<size_t>(channel.to)].name == "model.layers.1.self_attn.o_proj.add" &&
        channel.depth > 32)
      return c;
  return 0;
}

TEST_F(TinyDesign, AFifoThatIsTooShallowIsNamed) {
  Netlist design = netlist(256);
  const VerilatedLibrary built = library(design);
  const size_t channel = besideAttention(design);
  const LeastDepths least = leastDepths(design, 32, channel, design.channels[channel].depth);
  EXPECT_LE(least.fast, design.channels[channel].depth);
  EXPECT_LE(design.channels[channel].depth, least.fast + 1);
  design.channels[channel].depth = least.alive - 1;
  try {
    cyclesOf(design, built, 32);
    FAIL() << "nothing hangs";
  } catch (const CheckError &error) {
    const std::string name = "model.layers.0.mlp.down_proj.add -> model.layers.1.self_attn.o_proj.add";
    EXPECT_THAT(error.what(), HasSubstr("the hardware waits for ever at cycle "));
    EXPECT_THAT(error.what(),
                HasSubstr(fmt::format("since {} is full ({} of {} beats)", name, least.alive - 1, least.alive - 1)));
    EXPECT_THAT(error.what(), HasSubstr(fmt::format("; {} needs {} beats", name, least.alive)));
  }
  design.channels[channel].depth = least.alive;
  EXPECT_GT(cyclesOf(design, built, 32), 0);
}

INSTANTIATE_TEST_SUITE_P(Intervals, DataflowModelTest, ::testing::Values(64, 256, 2000));

} // namespace
} // namespace mase
