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
#include "mase/support/output.h"

#include <chrono>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <set>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

struct DataflowModelTest : ::testing::TestWithParam<int> {
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

  Netlist netlist(int64_t interval) {
    std::vector<HardwareTile> tiles;
    for (const GraphStep &step : plan.graph().steps)
      tiles.push_back(smallestTile(step.op, interval));
    return modelNetlist(integers, tiles);
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

TEST_P(DataflowModelTest, CyclesAreThoseOfTheHardware) {
  const Netlist design = netlist(GetParam());
  const VerilatedLibrary built = library(design);
  ModelSimulation hardware(design, built, {});
  DataflowSimulation predicted(design);
  // A prompt at once, then token after token.
  int64_t position = 0, results = 0;
  for (int tokens : {12, 1, 1, 1, 5}) {
    std::vector<ModelToken> chunk(static_cast<size_t>(tokens), {3, false, false});
    chunk.back().wanted = true;
    hardware.run(chunk, {});
    for (const ModelToken &token : chunk)
      predicted.feed(position++, token.wanted);
    ASSERT_TRUE(predicted.runUntil(++results));
    EXPECT_EQ(predicted.cycle(), hardware.cycle()) << tokens << " tokens";
  }
}
TEST_P(DataflowModelTest, DepthsAreTheLeastThatLoseNothing) {
  Netlist design = netlist(GetParam());
  const Netlist before = design;
  const auto start = std::chrono::steady_clock::now();
  reduceDepths(design, 32);
  std::printf("%.2f s\n", std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  for (size_t c = 0; c < design.channels.size(); ++c)
    if (before.channels[c].depth > 0)
      std::printf("%s -> %s: %ld, was %ld\n", design.instances[design.channels[c].from].name.c_str(), design.instances[design.channels[c].to].name.c_str(), design.channels[c].depth, before.channels[c].depth);
}
INSTANTIATE_TEST_SUITE_P(Intervals, DataflowModelTest, ::testing::Values(64, 256, 2000));

} // namespace
} // namespace mase
