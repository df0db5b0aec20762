// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/simulate.h"

#include "mase/rtl/check_memories.h"
#include "mase/rtl/process.h"
#include "mase/rtl/verilator_build.h"
#include "mase/rtl/verilator_tools.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/nearest_name.h"
#include "mase/support/parallel.h"
#include "mase/support/progress.h"

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>

namespace fs = std::filesystem;

namespace mase {
namespace {

using Json = nlohmann::json;

Json readManifest(const fs::path &folder) {
  fs::path path = folder / "manifest.json";
  Json manifest = Json::parse(readTextFile(path), nullptr, false);
  if (!manifest.is_object() || manifest.value("mase", "") != "linears")
    fail("{}: is not the manifest of an emitted design (`mase emit` writes one)", path.string());
  return manifest;
}

/// One linear on one kind of hardware, and the command that runs it.
struct Job {
  BenchKind kind;
  LinearSimulation result;
  std::vector<std::string> command;
  std::string firstDifference;
};

// A linear that is asked for and not there is the user's fault.
void checkLinears(const Json &manifest, const fs::path &folder, const std::vector<std::string> &wanted) {
  std::vector<std::string> names;
  for (const Json &linear : manifest.at("linears"))
    names.push_back(linear.at("name"));
  for (const std::string &name : wanted)
    if (std::find(names.begin(), names.end(), name) == names.end())
      fail("{}: no linear '{}' was emitted there ({})", folder.string(), name, nameHint(name, names));
}

bool isWanted(const SimulationOptions &options, const std::string &name) {
  return options.linears.empty() ||
         std::find(options.linears.begin(), options.linears.end(), name) != options.linears.end();
}

std::vector<Job> jobsOf(const Json &manifest, const fs::path &folder, const SimulationOptions &options) {
  checkLinears(manifest, folder, options.linears);
  std::vector<Job> jobs;
  for (const Json &linear : manifest.at("linears")) {
    if (!isWanted(options, linear.at("name")))
      continue;
    for (const Json &simulation : linear.at("simulations")) {
      Job job;
      int64_t rows = linear.at("rows"), all = rows;
      if (options.rows > 0)
        rows = std::min(rows, options.rows);
      job.result = {linear.at("name"), simulation.at("kind"), simulation.at("tile")[0], simulation.at("tile")[1], rows};
      // Every row takes an interval more, so the manifest's figure for all rows gives that for some (S4).
      int64_t interval = 0;
      for (const Json &kind : manifest.at("kinds"))
        if (kind.at("name") == simulation.at("kind")) {
          interval = kind.at("interval");
          const Json &memory = kind.at("weight_memory");
          job.kind = {kind.at("name"), memory.at("width_bits"), memory.at("depth_words")};
        }
      job.result.cyclesPredicted = simulation.at("cycles_predicted").get<int64_t>() - (all - rows) * interval;
      job.command = {"",
                     folder / simulation.at("weights").get<std::string>(),
                     std::to_string(linear.at("weight_constants").at(0).get<int>()),
                     std::to_string(linear.at("weight_constants").at(1).get<int>()),
                     std::to_string(linear.at("weight_constants").at(2).get<int>()),
                     std::to_string(linear.at("weight_constants").at(3).get<int>()),
                     std::to_string(linear.at("weight_constants").at(4).get<int>()),
                     folder / linear.at("input").get<std::string>(),
                     folder / linear.at("expected").get<std::string>(),
                     std::to_string(rows),
                     std::to_string(options.seed)};
      jobs.push_back(std::move(job));
    }
  }
  return jobs;
}

void runJob(Job &job) {
  ProcessResult process = runProcess(job.command);
  Json report = Json::parse(process.output, nullptr, false);
  std::string error = report.is_object() ? report.value("error", "") : process.output;
  if (process.status == 1)
    throw CheckError(
        fmt::format("{} at tile {}x{}: {}", job.result.name, job.result.tileIn, job.result.tileOut, error));
  if (process.status != 0)
    fail("{}: test bench ended with status {}: {}", job.result.name, process.status, error);
  job.result.cyclesSimulated = report.at("free").at("cycles");
  for (const char *run : {"stalled", "free"}) {
    const Json &part = report.at(run);
    job.result.mismatches += part.at("mismatches").get<int64_t>();
    if (job.firstDifference.empty() && part.contains("first")) {
      const Json &first = part.at("first");
      job.firstDifference =
          fmt::format("{} at tile {}x{}, row {}, {} {}: expected {}, got {}", job.result.name, job.result.tileIn,
                      job.result.tileOut, first.at("row").get<int64_t>(),
                      first.at("what").get<std::string>() == "scale" ? "scale of element" : "element",
                      first.at("element").get<int64_t>(), first.at("expected").get<int>(), first.at("got").get<int>());
    }
  }
}

} // namespace

SimulationResult simulateDesign(const fs::path &folder, const SimulationOptions &options) {
  std::vector<Job> jobs;
  try {
    jobs = jobsOf(readManifest(folder), folder, options);
  } catch (const Json::exception &error) {
    fail("{}: manifest lacks what a simulation needs: {}", (folder / "manifest.json").string(), error.what());
  }
  std::map<std::string, BenchKind> named;
  for (const Job &job : jobs)
    named[job.kind.name] = job.kind;
  std::vector<BenchKind> kinds;
  for (const auto &[name, kind] : named)
    kinds.push_back(kind);

  SimulationResult result;
  double start = secondsNow();
  std::map<std::string, fs::path> programs = buildKinds(
      fs::absolute(folder), kinds, fs::absolute(options.cache.empty() ? defaultVerilatorCache() : options.cache));
  result.buildSeconds = secondsNow() - start;
  start = secondsNow();
  // Long jobs first, so that none is left alone at the end.
  std::vector<size_t> order(jobs.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return jobs[a].result.cyclesPredicted > jobs[b].result.cyclesPredicted; });
  ProgressBar progress("simulating", static_cast<int64_t>(jobs.size()));
  std::atomic<int64_t> done = 0;
  parallelFor(static_cast<int64_t>(jobs.size()), [&](int64_t i) {
    Job &job = jobs[order[static_cast<size_t>(i)]];
    job.command[0] = programs.at(job.result.kind);
    runJob(job);
    progress.update(++done, job.result.name);
  });
  result.runSeconds = secondsNow() - start;

  for (Job &job : jobs) {
    result.operators += 1;
    result.vectors += job.result.rows;
    result.mismatches += job.result.mismatches;
    result.cycles += job.result.cyclesSimulated;
    if (result.firstDifference.empty())
      result.firstDifference = job.firstDifference;
    result.linears.push_back(std::move(job.result));
  }
  for (const EmittedLinear &linear : emittedLinears(folder)) {
    if (!isWanted(options, linear.name))
      continue;
    MemoryCheck check = checkMemories(folder, linear);
    result.words += check.words;
    result.mismatches += check.mismatches;
    if (result.firstDifference.empty())
      result.firstDifference = check.firstDifference;
  }
  return result;
}

} // namespace mase
