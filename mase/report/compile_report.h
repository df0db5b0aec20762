// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The report of `mase compile`: everything that was decided and measured, once as JSON and once for a reader with a
/// minute.
///
/// Losses are on the part of the text that the search did not see, unless their name says `search`.
#pragma once

#include "mase/hardware/map_operators.h"
#include "mase/report/eval_json.h"
#include "mase/report/simulate_json.h"
#include "mase/report/synth_json.h"

#include <optional>
#include <string>
#include <vector>

namespace mase {

/// The mean of paired differences of window losses and its standard error.
struct PairedGain {
  double mean = 0, standardError = 0; // positive: the second is better
};
PairedGain pairedGain(const std::vector<double> &first, const std::vector<double> &second);

struct FrontPoint {
  int trial = 0;
  double averageBits = 0, searchLoss = 0;
};

struct CompileReport {
  std::string model, data;
  int64_t context = 0, searchWindows = 0;
  EvalReport floatLevel;
  std::vector<std::pair<std::string, EvalReport>> uniform; // by format, widest first
  EvalReport trialZero;                                    // the uniform assignment that the search starts from
  std::string trialZeroName;                               // of its format
  EvalReport searched;
  /// The searched assignment at levels 2 and 3 with a format on every edge; none where a format is no edge's.
  std::optional<EvalReport> edges, bitTrue;
  std::string passes; ///< that changed the weights, "rotate, gptq"; empty: none
  std::string sampler;
  int trials = 0, bestTrial = 0;
  double budget = 0;
  std::vector<Slot> slots;
  FormatAssignment assignment;
  std::vector<FrontPoint> front;
  MapReport map;
  /// What was simulated: the whole model, or each linear alone.
  std::optional<ModelSimulationResult> whole;
  std::optional<SimulationResult> linears;
  SynthesisReport synthesis;
  std::vector<std::pair<std::string, double>> seconds; // by phase
};

nlohmann::ordered_json toJson(const CompileReport &report);
std::string toText(const CompileReport &report);

} // namespace mase
