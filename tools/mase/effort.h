// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How much is done for a quantised model: formats alone, or passes and formats together.
///
/// `low` searches formats and leaves the weights as they are. `medium` first chooses passes that keep the float
/// function and formats to start from (mase/passes/recipe.h), searches around these, and ends with GPTQ, which also
/// measures the finalists. `high` does more trials and has more finalists.
#pragma once

#include "mase/passes/recipe.h"
#include "tools/mase/study.h"

namespace mase::cli {

inline constexpr const char *effortLevels[] = {"low", "medium", "high"};

/// Adds --effort.
CLI::Option *addEffort(CLI::App &command, std::string &level);

struct Effort {
  PassRecipe recipe;
  Study study;
  FormatAssignment assignment; ///< of the search, or the uniform one where GPTQ leaves less of that
  bool searched = false;       ///< whether it is the search's
};

/// Levels `medium` and `high`: changes `weights`, which are the float model's, to what the assignment quantises.
/// `seen` and the names are as runStudy has them; `options.trials` are doubled by `high`.
/// Errors  InputError: as runStudy and chooseRecipe; a space with edges.
Effort runEffort(const std::string &level, StudyOptions options, Weights &weights, std::span<const WindowView> seen,
                 const std::string &model, const std::string &data, const std::string &windows);

/// "rotate, centre, gptq".
std::string passesOf(const PassRecipe &recipe);

} // namespace mase::cli
