// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/study.h"

#include "mase/formats/registry.h"
#include "mase/runtime/format_config.h"
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
  command.add_option("--space", options.space,
                     "TOML file with the formats each tensor may have (default: mxint2 to mxint8)");
  command.add_option("--study", options.study,
                     "sqlite:///FILE or FILE: keeps the study, resumes it, readable by Optuna");
}

Study runStudy(const StudyOptions &options, Plan &plan, std::span<const WindowView> seen, const std::string &model,
               const std::string &data, const std::string &windows) {
  const bool scalar = options.objective == "scalar";
  const std::vector<FormatChoices> choices =
      options.space.empty() ? defaultSpace(plan.slots()) : resolveSpace(readFormatConfig(options.space), plan.slots());
  Study study;
  study.space = makeSpace(plan.slots(), choices, scalar ? std::nullopt : std::optional(options.budget));

  SearchOptions search;
  search.sampler = options.sampler;
  search.trials = options.trials;
  search.seed = options.seed;
  search.storage = options.study;
  search.objective = scalar ? accuracyAndBitsObjective(options.k) : lossObjective();
  search.identity = {{"model", model}, {"data", data}, {"windows", windows}};
  const Reference reference(plan, seen);
  ProgressBar bar("search", options.trials);
  study.result = runSearch(
      study.space,
      [&](const Choice &choice) {
        const LossResult loss = evaluate(plan, study.space.assignment(choice), seen, &reference);
        return Evaluation{loss.loss, loss.windowLosses, loss.accuracy, loss.windowDivergences};
      },
      search,
      [&](const Trial &trial, const Trial &best) {
        bar.update(trial.number + 1, fmt::format("best {:.4f} at {:.3f} bits", best.evaluation.loss, best.averageBits));
      });
  study.best = study.space.assignment(study.result.best.choice);
  return study;
}

} // namespace mase::cli
