// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/effort.h"

#include "mase/support/error.h"
#include "mase/support/progress.h"

#include <fmt/ranges.h>
#include <numeric>

namespace mase::cli {
namespace {

double divergence(const LossResult &result) {
  return std::accumulate(result.windowDivergences.begin(), result.windowDivergences.end(), 0.0);
}

std::string namesOf(const std::vector<std::string> &passes) {
  return passes.empty() ? "no pass" : fmt::format("{}", fmt::join(passes, ", "));
}

void say(const RecipeTrial &trial) {
  if (!trial.refused.empty())
    return fmt::print(stderr, "mase: note: without {}: {}\n", namesOf(trial.preparation), trial.refused);
  fmt::print(stderr, "mase: {}, {} in {} x {}: divergence {:.4f}\n", namesOf(trial.preparation), recipeQuantizer,
             trial.formats.weight->name(), trial.formats.input->name(), trial.divergence);
}

} // namespace

CLI::Option *addEffort(CLI::App &command, std::string &level) {
  return command
      .add_option("--effort", level,
                  "low: searches formats (half a minute on llama-stories-1m, two cores); medium: also passes that "
                  "change weights, GPTQ behind them (150 s of processor time); high: medium with twice the trials and "
                  "12 finalists")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(effortLevels), std::end(effortLevels))));
}

std::string passesOf(const PassRecipe &recipe) {
  std::vector<std::string> passes = recipe.preparation;
  passes.emplace_back(recipeQuantizer);
  return namesOf(passes);
}

Effort runEffort(const std::string &level, StudyOptions options, Weights &weights, std::span<const WindowView> seen,
                 const std::string &model, const std::string &data, const std::string &windows) {
  const bool high = level == "high";
  if (options.objective != "loss")
    fail("--effort {}: --objective {} is for formats alone (--effort low)", level, options.objective);
  Effort effort;
  Plan floats = weights.plan();
  const Reference reference(floats, seen);
  effort.recipe = chooseRecipe(weights, seen, reference, recipeFormats(options.budget), say);

  Plan plan = weights.plan();
  const auto finished = [&](const FormatAssignment &assignment) {
    const Weights end = finishRecipe(weights, seen, assignment);
    Plan ended = end.plan();
    return evaluate(ended, assignment, seen, &reference);
  };
  StudyExtras extras;
  for (const Slot &slot : plan.slots())
    extras.choices.push_back(
        formatsAround(slot.role == Role::weight ? *effort.recipe.formats.weight : *effort.recipe.formats.input));
  extras.confirm = finished;
  extras.finalists = high ? 12 : 4;
  extras.passes = passesOf(effort.recipe);
  if (high)
    options.trials *= 2;
  effort.study = runStudy(options, plan, seen, model, data, windows, extras);

  const FormatAssignment uniform = effort.recipe.formats.assignment(plan.slots());
  effort.searched = divergence(finished(effort.study.best)) < divergence(finished(uniform));
  effort.assignment = effort.searched ? effort.study.best : uniform;
  weights.assign(finishRecipe(weights, seen, effort.assignment));
  return effort;
}

} // namespace mase::cli
