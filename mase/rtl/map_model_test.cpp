// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whole tiny models onto devices: a LLaMA, and a BERT that classifies.
#include "mase/rtl/map_model.h"

#include "mase/formats/registry.h"
#include "mase/rtl/channel_depths.h"
#include "mase/rtl/dataflow_simulation.h"
#include "mase/rtl/model_netlist.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/error.h"

#include <gmock/gmock.h>
#include <map>
#include <set>

using testing::HasSubstr;

namespace mase {
namespace {

struct Tiny {
  Plan plan;
  FormatAssignment assignment;
  BitTruePlan integers;

  explicit Tiny(const Graph &graph = testing_model::TinyModel().graph(), const char *format = "mxint8")
      : plan(graph), assignment(plan.uniform(parseFormat(format))),
        integers(plan.graph(), assignment, resolveEdges(plan.graph(), assignment, nullptr, {})) {}
};

Device deviceOf(const Area &resources) {
  Device device;
  device.name = "small";
  device.clockMhz = 100;
  device.resources = resources;
  return device;
}

constexpr Area plenty = {400'000, 800'000, 2000, 600, 64}, little = {36'000, 80'000, 250, 60, 8};

/// What a netlist takes in all, by what predicts each module, memories where the report says.
Area areaOf(const Netlist &netlist, const MapReport &report) {
  Area area;
  for (const NetInstance &instance : netlist.instances) {
    area += *predictedArea(instance.module);
    for (const MappedOperator &op : report.operators)
      if (op.name == instance.name) {
        const ModuleMemory memory = memoryOf(instance.module);
        area += memoryArea(op.memory, memory.width, memory.depth, memory.ports);
      }
  }
  for (const NetChannel &channel : netlist.channels)
    if (channel.depth > 0)
      area += fifoArea(netlist.instances[static_cast<size_t>(channel.from)].module.results[channel.output].bits(),
                       channel.depth);
  return area;
}

TEST(OperatorsToMap, AreThoseWithModulesOnThePath) {
  const Tiny tiny;
  const OperatorsToMap all = operatorsOf(tiny.integers);
  std::map<std::string, const OperatorToMap *> named;
  for (const OperatorToMap &op : all.operators)
    named[op.name] = &op;
  EXPECT_EQ(named.size(), all.operators.size());
  EXPECT_FALSE(named.contains("model.layers.0.self_attn.k")); // a cache is in front of who reads it
  const auto place = [&](const char *name) { return named.at(name)->place; };
  EXPECT_EQ(place("model.layers.0.self_attn.q_proj"), place("model.layers.0.self_attn.v_proj"));
  EXPECT_EQ(place("model.layers.0.mlp.gate_proj"), place("model.layers.0.mlp.up_proj"));
  EXPECT_GT(place("model.layers.1.self_attn.q_proj"), place("model.layers.0.mlp.down_proj"));
  const OperatorToMap *values = named.at("model.layers.0.self_attn.v.matmul");
  ASSERT_GE(values->joinedTo, 0);
  EXPECT_EQ(all.operators[static_cast<size_t>(values->joinedTo)].op->name, "softmax");
  EXPECT_THAT(named.at("model.embed_tokens")->op->name, "embedding");
}

TEST(MapModel, TheWholeNetlistIsWithinTheBudget) {
  const Tiny tiny;
  double slow = 0;
  for (const auto &[resources, objective] : {std::pair{little, MapObjective::Prefill},
                                             {plenty, MapObjective::Prefill},
                                             {little, MapObjective::Decode},
                                             {plenty, MapObjective::Area}}) {
    MapOptions options;
    options.objective = objective;
    options.tileLimit = 64;
    const MapReport report = mapModel(tiny.integers, deviceOf(resources), options);
    const std::vector<HardwareTile> tiles = tilesOf(report, tiny.integers);
    const Netlist netlist = modelNetlist(tiny.integers, tiles);
    const Area area = areaOf(netlist, report);
    EXPECT_TRUE(area.fits(resources)) << area.lut << " LUT";
    EXPECT_NEAR(static_cast<double>(area.lut), report.lut.value, 0.03 * report.lut.value); // FIFOs are a little less
    EXPECT_EQ(static_cast<double>(area.dsp), report.dsp.value);
    EXPECT_EQ(static_cast<double>(area.uram), report.uram.value);
    // Each operator of the netlist has the tile that was chosen.
    size_t seen = 0;
    for (const NetInstance &instance : netlist.instances)
      for (const MappedOperator &op : report.operators)
        if (op.name == instance.name) {
          ++seen;
          EXPECT_EQ(instance.module.kind.substr(0, op.kind.size()), op.kind);
        }
    EXPECT_EQ(seen, report.operators.size());
    if (objective != MapObjective::Prefill)
      continue;
    ASSERT_TRUE(report.cycles);
    // The last of 32 tokens is inside for longer than the first, and so the mean is a little more.
    EXPECT_GE(report.interval.value, static_cast<double>(report.minimised) - 1);
    EXPECT_LE(report.interval.value, 1.1 * static_cast<double>(report.minimised));
    if (slow > 0) {
      EXPECT_LT(report.interval.value, slow / 4);
    }
    slow = report.interval.value;
    DataflowSimulation alone(netlist); // as the emitted hardware: FIFOs as shallow as they may be
    alone.feed(16, true);
    ASSERT_TRUE(alone.runUntil(1));
    EXPECT_EQ(static_cast<double>(alone.cycle()), report.latency.value);
  }
}

TEST(MapModel, TheTableOfATiedHeadIsCountedOnce) {
  for (const bool tied : {false, true}) {
    const Tiny tiny(testing_model::TinyModel().graph(true, tied));
    EXPECT_EQ(tiedHead(tiny.integers, 0).has_value(), tied);
    for (const MapObjective objective : {MapObjective::Prefill, MapObjective::Decode}) {
      MapOptions options;
      options.objective = objective;
      options.tileLimit = 64;
      const MapReport report = mapModel(tiny.integers, deviceOf(little), options);
      const MappedOperator &embedding = report.operators.front(), &head = report.operators.back();
      const Netlist netlist = modelNetlist(tiny.integers, tilesOf(report, tiny.integers), {.leastDepths = false});
      int copies = 0; // memories that hold as many bits as the table, scales included
      for (const NetInstance &instance : netlist.instances)
        if (instance.name == embedding.name || instance.name == head.name) {
          const ModuleMemory memory = memoryOf(instance.module);
          EXPECT_EQ(memory.ports, tied && copies == 0 ? 2 : 1);
          copies += memory.width * memory.depth >= int64_t{64} * 64 * 8 ? 1 : 0;
          const MappedOperator &op = instance.name == head.name ? head : embedding;
          const Area own = memoryArea(op.memory, memory.width, memory.depth, memory.ports);
          EXPECT_EQ(op.area, own + *predictedArea(instance.module)) << instance.name;
        }
      EXPECT_EQ(copies, tied ? 1 : 2);
      EXPECT_NE(embedding.memory, MemoryKind::None);
      EXPECT_EQ(head.memory == MemoryKind::None, tied);
      if (tied) {
        EXPECT_EQ(embedding.tile.in, head.tile.in);
      }
    }
  }
}

TEST(MapModel, OtherFormatsAreNotShared) {
  const Plan plan(testing_model::TinyModel().graph(true, true));
  const FormatAssignment assignment = plan.uniform(parseFormat("mxint8"));
  EdgeFormats edges = resolveEdges(plan.graph(), assignment, nullptr, {});
  edges.table[0] = &parseFormat("mxint6");
  const BitTruePlan integers(plan.graph(), assignment, edges);
  EXPECT_FALSE(tiedHead(integers, 0));
}

TEST(MapModel, ClassifiersAreMappedToo) {
  const Tiny tiny(testing_model::TinyModel().encoder(16));
  const MapReport report = mapModel(tiny.integers, deviceOf(plenty));
  EXPECT_TRUE(areaOf(modelNetlist(tiny.integers, tilesOf(report, tiny.integers)), report).fits(plenty));
  std::set<std::string> kinds;
  for (const MappedOperator &op : report.operators)
    kinds.insert(op.op);
  for (const char *kind : {"embedding", "token_type_embedding", "position_embedding", "layer_norm", "linear", "matmul",
                           "softmax", "gelu", "pool", "tanh", "add"})
    EXPECT_TRUE(kinds.contains(kind)) << kind;
}

TEST(MapModel, WhatIsShortIsNamed) {
  const Tiny tiny;
  const auto errorOf = [&](const Area &resources) -> std::string {
    try {
      mapModel(tiny.integers, deviceOf(resources));
    } catch (const CheckError &error) {
      return error.what();
    }
    return "no error";
  };
  Area few = plenty;
  few.dsp = 10;
  EXPECT_THAT(errorOf(few), testing::MatchesRegex("nothing fits: the smallest of every stage take [0-9]+ DSP of 10"));
  // The operators fit, but with what joins them they do not.
  MapOptions smallest;
  smallest.objective = MapObjective::Area;
  const OperatorsToMap all = operatorsOf(tiny.integers);
  const MapReport alone = mapOperators(all.operators, deviceOf(plenty), smallest);
  few = plenty;
  few.lut = static_cast<int64_t>(alone.lut.value) + 1000;
  EXPECT_THAT(errorOf(few), HasSubstr("nothing fits: "));
  EXPECT_THAT(errorOf(few), HasSubstr("what joins the"));
}

} // namespace
} // namespace mase
