// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A search on a model: the options that `search` and `compile` share, and the run.
///
/// The search sees examples [0, n/3) of the data; whatever is reported of its winner is measured on the rest.
#pragma once

#include "mase/frontend/model.h"
#include "mase/search/search.h"

#include <CLI/CLI.hpp>

namespace mase::cli {

struct StudyOptions {
  std::string sampler, objective = "loss", space, study;
  int trials = 240;
  uint64_t seed = 1;
  double budget = 4.25, k = 1;
};

/// Adds --sampler, --trials, --seed, --budget, --objective, --k, --space and --study.
void addStudyOptions(CLI::App &command, StudyOptions &options);

struct Study {
  Space space;
  StudyResult result;
  FormatAssignment best;            // of the linears
  std::optional<EdgeFormats> edges; // of the winner, where the space has edges
  std::vector<Slot> slots;          // of the linears and of the edges that were searched
  /// Any assignment of the space on any text. Valid as long as the plan.
  std::function<LossResult(const Choice &, std::span<const WindowView>, const Reference *)> evaluate;
};

/// What a caller adds to the options.
struct StudyExtras {
  std::vector<FormatChoices> choices; ///< of each slot, where there is no --space; empty: mxint2 to mxint8
  /// Measures a finalist by its assignment (SearchOptions::confirm), and how many there are.
  std::function<LossResult(const FormatAssignment &)> confirm = {};
  int finalists = 4;
  std::string passes; ///< that changed the model: another study's are not resumed
};

/// Runs (or resumes) the study on `seen`, the search part of a task's data. `model`, `data` and `windows` (how many of
/// what length) say what it was made of: another study is not resumed.
Study runStudy(const StudyOptions &options, Plan &plan, std::span<const WindowView> seen, const std::string &model,
               const std::string &data, const std::string &windows, const StudyExtras &extras = {});

} // namespace mase::cli
