// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/simulate_model.h"

#include "mase/rtl/dataflow_simulation.h"
#include "mase/rtl/model_folder.h"
#include "mase/rtl/model_simulation.h"
#include "mase/rtl/status_map.h"
#include "mase/rtl/verilator_tools.h"
#include "mase/support/progress.h"

#include <algorithm>
#include <fmt/format.h>

namespace mase {

namespace {

/// Cycles to the last result of a design's tokens; -1: a module's timing is not known.
int64_t predicted(const ModelDesign &design) {
  for (const NetInstance &instance : design.netlist.instances)
    if (!instance.module.timing.isKnown())
      return -1;
  DataflowSimulation dataflow(design.netlist);
  int64_t position = 0, results = 0;
  for (const ModelToken &token : design.tokens) {
    const bool gives = design.netlist.classifies ? token.last : token.wanted;
    dataflow.feed(position, gives, token.last);
    position = token.last ? 0 : position + 1;
    results += gives ? 1 : 0;
  }
  return dataflow.runUntil(results) ? dataflow.cycle() : -1;
}

} // namespace

bool hasModel(const std::filesystem::path &folder) { return std::filesystem::exists(folder / "model"); }

ModelSimulationResult simulateModel(const std::filesystem::path &folder, const ModelSimulationOptions &options) {
  ModelFolder model = readModel(folder);
  MemoryTiming &memory = model.design.netlist.external.memory;
  memory = options.memory.over(memory);
  ModelSimulationResult result;
  result.operators = std::ssize(model.design.netlist.instances);
  result.kinds = std::ssize(model.kinds);
  result.tokens = std::ssize(model.design.tokens);
  double start = secondsNow();
  const VerilatedLibrary library(model.kinds, model.library,
                                 options.cache.empty() ? defaultVerilatorCache() : options.cache);
  result.buildSeconds = secondsNow() - start;
  start = secondsNow();
  for (bool stalled : {true, false}) {
    ModelSimulation simulation(model.design.netlist, library, {stalled, options.seed});
    simulation.run(model.design.tokens, model.design.expected);
    result.beats += simulation.compared();
    result.mismatches += simulation.mismatches();
    result.cycles = simulation.cycle();
    if (result.firstDifference.empty())
      result.firstDifference = simulation.firstDifference();
    if (!stalled) {
      result.resultCycles = simulation.resultCycle();
      result.predictedCycles = predicted(model.design);
      const std::vector<StreamCounts> counts = simulation.counts();
      for (const StatusChannel &channel : statusChannels(model.design.netlist))
        result.channels.push_back({channel.name, counts[result.channels.size()]});
    }
  }
  result.runSeconds = secondsNow() - start;
  return result;
}

std::string describeChannels(const ModelSimulationResult &result, size_t most) {
  std::string text;
  const auto table = [&](const char *title, int64_t StreamCounts::*counter) {
    std::vector<const SimulatedChannel *> order;
    for (const SimulatedChannel &channel : result.channels)
      if (channel.counts.*counter > 0)
        order.push_back(&channel);
    std::stable_sort(order.begin(), order.end(), [&](const SimulatedChannel *a, const SimulatedChannel *b) {
      return a->counts.*counter > b->counts.*counter;
    });
    order.resize(std::min(order.size(), most));
    if (order.empty())
      return;
    text += fmt::format("{:>9}{:>10}{:>10}  % of the cycles; {}\n", "moved", "stalled", "starved", title);
    const auto share = [&](int64_t cycles) {
      return 100 * static_cast<double>(cycles) / static_cast<double>(std::max<int64_t>(1, result.cycles));
    };
    for (const SimulatedChannel *channel : order)
      text += fmt::format("{:>9.1f}{:>10.1f}{:>10.1f}  {}\n", share(channel->counts.moved),
                          share(channel->counts.stalled), share(channel->counts.starved), channel->name);
  };
  table("the channels whose writers wait for room longest", &StreamCounts::stalled);
  table("the busiest", &StreamCounts::moved);
  return text;
}

} // namespace mase
