// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/report/compile_report.h"

#include <cmath>

namespace mase {

PairedGain pairedGain(const std::vector<double> &first, const std::vector<double> &second) {
  const auto count = static_cast<double>(first.size());
  PairedGain gain;
  for (size_t i = 0; i < first.size(); ++i)
    gain.mean += (first[i] - second[i]) / count;
  double squares = 0;
  for (size_t i = 0; i < first.size(); ++i)
    squares += std::pow(first[i] - second[i] - gain.mean, 2);
  if (first.size() > 1)
    gain.standardError = std::sqrt(squares / (count - 1) / count);
  return gain;
}

namespace {

/// As `mase simulate --json` has it; of the whole model alone with the keys that both have.
nlohmann::ordered_json simulated(const CompileReport &r) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (r.linears)
    json = toJson(*r.linears);
  if (!r.whole)
    return json;
  if (!r.linears)
    json = {{"operators", r.whole->operators},
            {"vectors", r.whole->tokens},
            {"mismatches", r.whole->mismatches},
            {"cycles", r.whole->cycles},
            {"first_difference", r.whole->firstDifference}};
  json["model"] = toJson(*r.whole);
  return json;
}

} // namespace

nlohmann::ordered_json toJson(const CompileReport &r) {
  using Json = nlohmann::ordered_json;
  Json uniform = Json::object(), formats = Json::object(), front = Json::array(), seconds = Json::object();
  for (const auto &[name, eval] : r.uniform)
    uniform[name] = toJson(eval);
  for (size_t i = 0; i < r.slots.size(); ++i)
    formats[r.slots[i].module][nameOf(r.slots[i].role)] = r.assignment[i]->name();
  for (const FrontPoint &point : r.front)
    front.push_back({{"trial", point.trial}, {"average_bits", point.averageBits}, {"search_loss", point.searchLoss}});
  for (const auto &[phase, value] : r.seconds)
    seconds[phase] = value;
  const PairedGain gain = pairedGain(r.trialZero.result.windowLosses, r.searched.result.windowLosses);
  return {{"model", r.model},
          {"data", r.data},
          {"losses_on", "windows that the search did not see"},
          {"context", r.context},
          {"float", toJson(r.floatLevel)},
          {"uniform", uniform},
          {"emulated", toJson(r.searched)},
          {"emulated_edges", r.edges ? Json(toJson(*r.edges)) : Json(nullptr)},
          {"bit_true", r.bitTrue ? Json(toJson(*r.bitTrue)) : Json(nullptr)},
          {"average_bits", toJson(r.searched.averageBits)},
          {"search",
           {{"sampler", r.sampler},
            {"trials", r.trials},
            {"best_trial", r.bestTrial},
            {"budget", r.budget},
            {"windows", r.searchWindows},
            {"start", r.trialZeroName},
            {"start_loss", r.trialZero.result.loss},
            {"gain", gain.mean},
            {"gain_standard_error", gain.standardError},
            {"front", front}}},
          {"passes", r.passes},
          {"formats", formats},
          {"map", toJson(r.map)},
          {"simulate", simulated(r)},
          {"synth", toJson(r.synthesis)},
          {"seconds", seconds}};
}

} // namespace mase
