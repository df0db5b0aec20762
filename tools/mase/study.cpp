// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/study.h"

#include "mase/formats/registry.h"
#include "mase/runtime/edge_space.h"
#include "mase/search/sampler.h"
#include "mase/support/error.h"
#include "mase/support/progress.h"

#include <fmt/format.h>

namespace mase::cli {
namespace {

// Elements of 2 to 8 bits for every weight and input.
std::vector<FormatChoices> defaultSpace(const std::vector<Slot> &slots) {
  FormatChoices choices;
  for (int bits = 2; bits <= 8; ++bits)
    choices.push_back(&parseFormat(fmt::format("mxint{}", bits)));
  return std::vector<FormatChoices>(slots.size(), choices);
}

/// Windows on which static scales of searched edges are calibrated.
constexpr size_t calibrationWindows = 4;

FormatAssignment linearsOf(const Plan &plan, const FormatAssignment &all) {
  return {all.begin(), all.begin() + std::ssize(plan.slots())};
}

/// What a space says of edges.
struct Searched {
  FormatConfig config;
  EdgeSpace edges;
  std::vector<float> largest;

  /// None where the space has no edges: then only what linears read is quantised.
  std::optional<EdgeFormats> edgesOf(const Plan &plan, const FormatAssignment &all) const {
    if (edges.empty())
      return std::nullopt;
    const std::span<const Format *const> formats = std::span(all).subspan(plan.slots().size());
    return resolveEdges(plan.graph(), linearsOf(plan, all), &config, largest, edges.atSteps(plan.graph(), formats));
  }
};

std::vector<std::span<const int32_t>> inputsOf(std::span<const WindowView> windows) {
  std::vector<std::span<const int32_t>> inputs;
  for (const WindowView &window : windows)
    inputs.push_back(window.inputs);
  return inputs;
}

} // namespace

void addStudyOptions(CLI::App &command, StudyOptions &options) {
  std::vector<std::string> samplers;
  for (const SamplerKind &kind : samplerKinds())
    samplers.emplace_back(kind.name);
  options.sampler = samplers.front();
  command.add_option("--sampler", options.sampler, "What proposes the trials")
      ->check(CLI::IsMember(samplers))
      ->capture_default_str();
  command.add_option("--trials", options.trials, "Trials that the study shall have")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "Same seed, same study")->capture_default_str();
  command.add_option("--budget", options.budget, "Most average bits, elements and scales")
      ->check(CLI::Range(1.0, 64.0))
      ->capture_default_str();
  command
      .add_option("--objective", options.objective,
                  "loss: lowest loss within the budget; scalar: accuracy + k / average bits")
      ->check(CLI::IsMember({"loss", "scalar"}))
      ->capture_default_str();
  command.add_option("--k", options.k, "Weight of the bits in the scalar objective")->capture_default_str();
  command.add_option(
      "--space", options.space,
      "TOML file with the formats that each tensor may have, and edges if it lists them (default: mxint2 to "
      "mxint8)");
  command.add_option("--study", options.study,
                     "sqlite:///FILE or FILE: keeps the study, resumes it, readable by Optuna");
}

Study runStudy(const StudyOptions &options, Plan &plan, std::span<const WindowView> seen, const std::string &model,
               const std::string &data, const std::string &windows, const StudyExtras &extras) {
  const bool scalar = options.objective == "scalar";
  auto searched = std::make_shared<Searched>();
  std::vector<FormatChoices> choices;
  if (options.space.empty()) {
    choices = extras.choices.empty() ? defaultSpace(plan.slots()) : extras.choices;
  } else {
    searched->config = readFormatConfig(options.space);
    choices = resolveSpace(searched->config, plan.slots());
    searched->edges = edgeSpace(plan.graph(), searched->config);
    if (extras.confirm && !searched->edges.empty())
      fail("--space {}: lists formats of edges, which only --effort low searches", options.space);
    choices.insert(choices.end(), searched->edges.choices.begin(), searched->edges.choices.end());
    if (!searched->edges.empty())
      searched->largest = calibrateEdges(plan, inputsOf(seen.first(std::min(seen.size(), calibrationWindows))));
  }
  Study study;
  study.slots = plan.slots();
  study.slots.insert(study.slots.end(), searched->edges.slots.begin(), searched->edges.slots.end());
  study.space = makeSpace(study.slots, choices, scalar ? std::nullopt : std::optional(options.budget));
  study.evaluate = [&plan, searched, space = study.space](const Choice &choice, std::span<const WindowView> windows,
                                                          const Reference *reference) {
    const FormatAssignment all = space.assignment(choice);
    const std::optional<EdgeFormats> edges = searched->edgesOf(plan, all);
    return mase::evaluate(plan, linearsOf(plan, all), windows, reference,
                          edges ? RunOptions{.edges = edges->output, .tables = edges->table} : RunOptions{});
  };

  SearchOptions search;
  search.sampler = options.sampler;
  search.trials = options.trials;
  search.seed = options.seed;
  search.storage = options.study;
  search.objective = scalar ? accuracyAndBitsObjective(options.k) : lossObjective();
  search.identity = {{"model", model}, {"data", data}, {"windows", windows}};
  if (!extras.passes.empty())
    search.identity.emplace("passes", extras.passes);
  const auto evaluationOf = [](const LossResult &loss) {
    return Evaluation{loss.loss, loss.windowLosses, loss.accuracy, loss.windowDivergences};
  };
  if (extras.confirm) {
    search.finalists = extras.finalists;
    search.confirm = [&](const Choice &choice) {
      return evaluationOf(extras.confirm(linearsOf(plan, study.space.assignment(choice))));
    };
  }
  const Reference reference(plan, seen);
  ProgressBar bar("search", options.trials);
  study.result = runSearch(
      study.space, [&](const Choice &choice) { return evaluationOf(study.evaluate(choice, seen, &reference)); }, search,
      [&](const Trial &trial, const Trial &best) {
        bar.update(trial.number + 1, fmt::format("best {:.4f} at {:.3f} bits", best.evaluation.loss, best.averageBits));
      });
  const FormatAssignment best = study.space.assignment(study.result.best.choice);
  study.best = linearsOf(plan, best);
  study.edges = searched->edgesOf(plan, best);
  return study;
}

} // namespace mase::cli
