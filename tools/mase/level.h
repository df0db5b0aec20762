// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Options that say in which arithmetic and in which formats a model is to run.
#pragma once

#include "mase/frontend/model.h"

#include <CLI/CLI.hpp>

namespace mase::cli {

struct LevelOptions {
  std::string level;  // "float", "emulated"; empty: emulated when formats are given, else float
  std::string format; // one for every weight and input
  std::string config; // formats.toml
};

/// Adds --format and --config.
void addFormats(CLI::App &command, LevelOptions &options);
/// Adds --level too.
void addLevel(CLI::App &command, LevelOptions &options);

/// The assignment that the options mean: fp32 at level float; else --config, --format or the formats of the IR.
/// Errors  InputError when they contradict each other, or when emulation is asked for without any format.
FormatAssignment resolveLevel(const LevelOptions &options, Model &model);

/// The level's name for reports, as resolveLevel decided.
std::string levelName(const FormatAssignment &assignment);

} // namespace mase::cli
