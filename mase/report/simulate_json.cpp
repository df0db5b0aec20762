// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/report/simulate_json.h"

#include <algorithm>
#include <cmath>

namespace mase {

double worstCycleError(const SimulationResult &result) {
  double worst = 0;
  for (const LinearSimulation &linear : result.linears)
    worst = std::max(
        worst,
        std::fabs(static_cast<double>(linear.cyclesPredicted) / static_cast<double>(linear.cyclesSimulated) - 1));
  return worst;
}

nlohmann::ordered_json toJson(const SimulationResult &result) {
  nlohmann::ordered_json linears = nlohmann::ordered_json::array();
  int64_t predicted = 0;
  for (const LinearSimulation &linear : result.linears) {
    predicted += linear.cyclesPredicted;
    linears.push_back({{"name", linear.name},
                       {"kind", linear.kind},
                       {"tile", {linear.tileIn, linear.tileOut}},
                       {"rows", linear.rows},
                       {"mismatches", linear.mismatches},
                       {"cycles_predicted", linear.cyclesPredicted},
                       {"cycles", linear.cyclesSimulated}});
  }
  return {{"operators", result.operators},
          {"vectors", result.vectors},
          {"mismatches", result.mismatches},
          {"words_read_back", result.words},
          {"cycles", result.cycles},
          {"cycles_predicted", predicted},
          {"worst_cycle_error", worstCycleError(result)},
          {"first_difference", result.firstDifference},
          {"build_seconds", result.buildSeconds},
          {"run_seconds", result.runSeconds},
          {"linears", linears}};
}

nlohmann::ordered_json toJson(const ModelSimulationResult &result) {
  nlohmann::ordered_json channels = nlohmann::ordered_json::array();
  for (const SimulatedChannel &channel : result.channels)
    channels.push_back({{"name", channel.name},
                        {"moved", channel.counts.moved},
                        {"stalled", channel.counts.stalled},
                        {"starved", channel.counts.starved}});
  return {{"operators", result.operators},
          {"kinds", result.kinds},
          {"tokens", result.tokens},
          {"beats", result.beats},
          {"mismatches", result.mismatches},
          {"cycles", result.cycles},
          {"cycles_to_result", result.resultCycles},
          {"cycles_predicted", result.predictedCycles},
          {"first_difference", result.firstDifference},
          {"build_seconds", result.buildSeconds},
          {"run_seconds", result.runSeconds},
          {"channels", channels}};
}

} // namespace mase
