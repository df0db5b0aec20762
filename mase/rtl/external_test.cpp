// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Weights out of an external memory: the layout, and a tiny LLaMA whose top level reads them over AXI4 in Verilator.
#include "mase/rtl/external_layout.h"

#include "mase/formats/registry.h"
#include "mase/rtl/dataflow_simulation.h"
#include "mase/rtl/model_folder.h"
#include "mase/rtl/model_netlist.h"
#include "mase/rtl/model_simulation.h"
#include "mase/rtl/process.h"
#include "mase/rtl/testing/built_netlist.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/error.h"

#include <gmock/gmock.h>

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::ThrowsMessage;

namespace mase {
namespace {

using testing_netlist::build;
using testing_netlist::WrittenTop;

bool installed(const char *tool, const char *question) { return runProcess({tool, question}).status == 0; }

/// A tiny LLaMA, whose MLPs and last linear come from a memory.
struct Tiny {
  Plan plan{testing_model::TinyModel().graph()};
  FormatAssignment assignment = plan.uniform(parseFormat("mxint8"));
  EdgeFormats edges = resolveEdges(plan.graph(), assignment, nullptr, {});
  BitTruePlan integers{plan.graph(), assignment, edges};
  Netlist onChip, netlist;

  Tiny() {
    std::vector<HardwareTile> tiles;
    for (const GraphStep &step : plan.graph().steps)
      tiles.push_back(smallestTile(step.op, 256));
    onChip = netlist = modelNetlist(integers, tiles);
    ExternalPort port;
    port.burst = 16;
    port.depth = 64;
    placeExternal(netlist, std::vector<std::string>{"*.mlp.*", "lm_head"}, port, topName("tiny"));
  }
  ModelDesign design() const { return {"tiny", netlist, assignment, edges, 32, {}, {}}; }
};

const Tiny &tiny() {
  static const Tiny made;
  return made;
}

std::vector<ModelToken> someTokens() {
  std::vector<ModelToken> tokens;
  for (int32_t id : {3, 1, 4, 1, 5, 9, 2, 6, 5, 3})
    tokens.push_back({id, id != 1, id == 9});
  return tokens;
}

struct ExternalSimulation : ::testing::Test {
  void SetUp() override {
    if (!installed("verilator", "--version"))
      GTEST_SKIP() << "verilator is not installed";
  }
};

TEST_F(ExternalSimulation, TheTopLevelReadsItsWeights) {
  const WrittenTop written(tiny().design());
  const VerilatedLibrary whole = written.build(), parts = build(tiny().netlist);
  ModelSimulation onChip(tiny().onChip, parts, {});
  const std::vector<int32_t> ids = onChip.run(someTokens(), {});
  for (const auto &[timing, stalled] : {std::pair(MemoryTiming{40, 16}, false), {{200, 3}, false}, {{30, 8}, true}}) {
    Netlist design = tiny().netlist, alone = {{{"top", written.top, -1}}, {}};
    design.external.memory = alone.external.memory = timing;
    ModelSimulation stepped(design, parts, {stalled, 1}), real(alone, whole, {stalled, 1}, written.model());
    EXPECT_EQ(real.run(someTokens(), {}), ids);
    EXPECT_EQ(stepped.run(someTokens(), {}), ids);
    if (!stalled)
      EXPECT_EQ(real.cycle(), stepped.cycle());
    DataflowSimulation predicted(design);
    int64_t position = 0, results = 0;
    for (const ModelToken &token : someTokens()) {
      predicted.feed(position, token.wanted);
      position = token.last ? 0 : position + 1;
      results += token.wanted ? 1 : 0;
    }
    ASSERT_TRUE(predicted.runUntil(results));
    std::printf("predicted %lld ", (long long)predicted.cycle());
    std::printf("on chip %lld, external %lld\n", (long long)onChip.cycle(), (long long)stepped.cycle());
  }
}

} // namespace
} // namespace mase
