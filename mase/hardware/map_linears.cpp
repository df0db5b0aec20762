// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/map_linears.h"

#include "mase/hardware/linear_area.h"
#include "mase/hardware/linear_stage.h"
#include "mase/ops/linear/hardware.h"
#include "mase/support/error.h"

#include <cassert>
#include <map>
#include <nlohmann/json.hpp>

namespace mase {
namespace {

MappingProblem problemOf(const std::vector<LinearToMap> &linears, const Area &budget) {
  MappingProblem problem;
  problem.budget = budget;
  std::map<std::string, Stage> known; // equal layers have equal stages
  for (size_t i = 0; i < linears.size(); ++i) {
    std::string kind = linearKindName(linears[i].config);
    auto found = known.find(kind);
    if (found == known.end())
      found = known.emplace(kind, linearStage("", linears[i].config)).first;
    problem.stages.push_back(found->second);
    problem.stages.back().name = linears[i].name;
    bool beside = i > 0 && !linears[i].reads.empty() && linears[i].reads == linears[i - 1].reads;
    if (!beside)
      problem.path.emplace_back();
    problem.path.back().push_back(static_cast<int>(i));
  }
  return problem;
}

nlohmann::ordered_json json(const Figure &figure) { return {{"value", figure.value}, {"error", figure.error}}; }

nlohmann::ordered_json json(const Area &area) {
  return {{"lut", area.lut}, {"ff", area.ff}, {"dsp", area.dsp}, {"bram", area.bram}, {"uram", area.uram}};
}

} // namespace

MapReport mapLinears(const std::vector<LinearToMap> &linears, const Device &device, const MapOptions &options) {
  if (linears.empty())
    fail("the model has no linear layer to map onto '{}'", device.name);
  if (options.clockMhz < 0)
    fail("clock {} MHz is not positive", options.clockMhz);
  MapReport report;
  report.device = device.name;
  report.objective = options.objective;
  report.clockMhz = options.clockMhz > 0 ? options.clockMhz : device.clockMhz;
  report.budget = budgetOf(device, options.share);

  MappingProblem problem = problemOf(linears, report.budget);
  Mapping mapping = options.objective == MapObjective::Prefill ? solveByBisection(problem) : solveForLatency(problem);
  assert(verify(problem, mapping).empty());

  const AreaModel &model = linearAreaModel();
  auto counted = [](int64_t value) { return Figure{static_cast<double>(value), 0}; };
  report.lut = {static_cast<double>(mapping.area.lut), model.lut.meanError};
  report.ff = {static_cast<double>(mapping.area.ff), model.ff.meanError};
  report.dsp = counted(mapping.area.dsp);
  report.bram = counted(mapping.area.bram);
  report.uram = counted(mapping.area.uram);
  report.interval = counted(mapping.interval);
  report.latency = counted(mapping.latency);
  int64_t cycles = options.objective == MapObjective::Prefill ? mapping.interval : mapping.latency;
  report.tokensPerSecond = {report.clockMhz * 1e6 / static_cast<double>(cycles), 0};
  report.bound = mapping.bound;
  report.exact = mapping.exact;
  for (size_t i = 0; i < linears.size(); ++i) {
    const StageChoice &choice = mapping.choices[i];
    const Candidate &candidate = problem.stages[i].candidates[choice.candidate];
    MappedLinear linear{linears[i].name,    linears[i].config, choice.memory,
                        candidate.interval, candidate.latency, areaOf(candidate, choice.memory)};
    linear.config.tileIn = candidate.tileIn;
    linear.config.tileOut = candidate.tileOut;
    linear.config.multiplier = candidate.multiplier;
    report.linears.push_back(std::move(linear));
  }
  return report;
}

nlohmann::ordered_json toJson(const MapReport &report) {
  nlohmann::ordered_json result;
  result["device"] = report.device;
  result["objective"] = report.objective == MapObjective::Prefill ? "prefill" : "decode";
  result["clock_mhz"] = report.clockMhz;
  result["lut"] = json(report.lut);
  result["ff"] = json(report.ff);
  result["dsp"] = json(report.dsp);
  result["bram"] = json(report.bram);
  result["uram"] = json(report.uram);
  result["interval"] = json(report.interval);
  result["latency"] = json(report.latency);
  result["tokens_per_second"] = json(report.tokensPerSecond);
  result["budget"] = json(report.budget);
  result["bound"] = report.bound;
  result["exact"] = report.exact;
  result["linears"] = nlohmann::ordered_json::array();
  for (const MappedLinear &linear : report.linears) {
    const LinearConfig &c = linear.config;
    nlohmann::ordered_json row = {{"name", linear.name},
                                  {"in", c.inFeatures},
                                  {"out", c.outFeatures},
                                  {"input", c.input->name()},
                                  {"weight", c.weight->name()},
                                  {"output", outputName(c)},
                                  {"tile", {c.tileIn, c.tileOut}},
                                  {"multiplier", nameOf(c.multiplier)},
                                  {"memory", nameOf(linear.memory)},
                                  {"interval", linear.interval},
                                  {"latency", linear.latency}};
    row.update(json(linear.area));
    result["linears"].push_back(std::move(row));
  }
  return result;
}

} // namespace mase
