// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whole models in Verilator against the integer model: every edge, every bit.
#include "mase/formats/registry.h"
#include "mase/rtl/embedded.h"
#include "mase/rtl/model_folder.h"
#include "mase/rtl/model_netlist.h"
#include "mase/rtl/model_simulation.h"
#include "mase/rtl/netlist_top.h"
#include "mase/rtl/process.h"
#include "mase/rtl/verilator_tools.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/output.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <set>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

struct ModelSimulationTest : ::testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-model-{}", getpid());
  void SetUp() override {
    if (runProcess({"verilator", "--version"}).status != 0)
      GTEST_SKIP() << "verilator is not installed";
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

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

TEST_F(ModelSimulationTest, TinyModelsAreTheirIntegerModels) {
  const Plan plan(testing_model::TinyModel().graph());
  const FormatAssignment assignment = plan.uniform(parseFormat("mxint8"));
  const BitTruePlan integers(plan.graph(), assignment, resolveEdges(plan.graph(), assignment, nullptr, {}));
  std::vector<HardwareTile> tiles;
  for (const GraphStep &step : plan.graph().steps)
    tiles.push_back(smallestTile(step.op, 256));
  const Netlist netlist = modelNetlist(integers, tiles);
  const VerilatedLibrary built = library(netlist);
  for (bool stalled : {false, true}) {
    ModelSimulation simulation(netlist, built, {stalled, 1});
    BitTrueSequence sequence(integers);
    std::vector<ModelToken> tokens;
    for (int32_t id : {3, 1, 4, 1, 5, 9, 2, 6})
      tokens.push_back({id, true, false});
    simulation.run(tokens, expectedBeats(netlist, integers, sequence, tokens));
    EXPECT_EQ(simulation.mismatches(), 0) << simulation.firstDifference();
    EXPECT_GT(simulation.compared(), 1000);
    std::printf("%lld beats, %lld cycles\n", static_cast<long long>(simulation.compared()),
                static_cast<long long>(simulation.cycle()));
  }
}

TEST_F(ModelSimulationTest, TheTopLevelTakesTheSameCycles) {
  const Plan plan(testing_model::TinyModel().graph());
  const FormatAssignment assignment = plan.uniform(parseFormat("mxint8"));
  const EdgeFormats edges = resolveEdges(plan.graph(), assignment, nullptr, {});
  const BitTruePlan integers(plan.graph(), assignment, edges);
  std::vector<HardwareTile> tiles;
  for (const GraphStep &step : plan.graph().steps)
    tiles.push_back(smallestTile(step.op, 256));
  ModelDesign design = {"tiny", modelNetlist(integers, tiles), assignment, edges, 32, {}, {}};
  writeModel(design, folder / "model");
  const VerilatedLibrary parts = library(design.netlist);
  const HardwareModule top = topModule(design.netlist, topName("tiny"));
  std::vector<fs::path> files = filesOf(folder / "model/kinds", ".sv");
  for (const fs::path &file : filesOf(folder, ".sv"))
    files.push_back(file);
  files.push_back(folder / "model/mase_tiny.sv");
  const VerilatedLibrary whole({{top.kind, kindText(top), kindPorts(top)}}, files, defaultVerilatorCache());
  const Netlist alone = {{{"top", top, -1}}, {}};
  ModelSimulation stepped(design.netlist, parts, {}), real(alone, whole, {}, folder / "model");
  std::vector<ModelToken> tokens;
  for (int32_t id : {3, 1, 4, 1, 5, 9, 2, 6, 5, 3})
    tokens.push_back({id, id != 1, id == 9});
  EXPECT_EQ(real.run(tokens, {}), stepped.run(tokens, {}));
  EXPECT_EQ(real.cycle(), stepped.cycle());
}

} // namespace
} // namespace mase
