// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/simulate_model.h"

#include "mase/rtl/dataflow_simulation.h"
#include "mase/rtl/model_folder.h"
#include "mase/rtl/model_simulation.h"
#include "mase/rtl/verilator_tools.h"
#include "mase/support/progress.h"

namespace mase {

namespace {

int64_t predictedCycles(const ModelDesign &design) {
  for (const NetInstance &instance : design.netlist.instances)
    if (!instance.module.timing.isKnown())
      return 0;
  DataflowSimulation predicted(design.netlist);
  int64_t position = 0, results = 0;
  for (const ModelToken &token : design.tokens) {
    predicted.feed(position, token.wanted);
    position = token.last ? 0 : position + 1;
    results += token.wanted ? 1 : 0;
  }
  return predicted.runUntil(results) ? predicted.cycle() : 0;
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
  result.cyclesPredicted = predictedCycles(model.design);
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
  }
  result.runSeconds = secondsNow() - start;
  return result;
}

} // namespace mase
