// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Options that say in which arithmetic and in which formats a model is to run.
#pragma once

#include "mase/frontend/model.h"
#include "mase/runtime/edges.h"

#include <CLI/CLI.hpp>

namespace mase::cli {

struct LevelOptions {
  std::string level;  // "float", "emulated", "bit-true"; empty: emulated when formats are given, else float
  std::string format; // one for every weight and input
  std::string config; // formats.toml
  bool edges = false; // level emulated: quantise every edge as hardware stores it
  bool bitTrue() const { return level == "bit-true"; }
};

/// Adds --format and --config.
void addFormats(CLI::App &command, LevelOptions &options);
/// Adds --level too.
void addLevel(CLI::App &command, LevelOptions &options);

/// The assignment that the options mean: fp32 at level float; else --config, --format or the formats of the IR.
/// Errors  InputError when they contradict each other, or when emulation is asked for without any format.
FormatAssignment resolveLevel(const LevelOptions &options, Model &model);

/// The formats of all edges that the options mean; static scales that --config leaves open are calibrated on the first
/// four windows of `text`, of a classifier 64 texts, and a note on stderr says so.
EdgeFormats resolveEdgeFormats(const LevelOptions &options, Plan &plan, const FormatAssignment &assignment,
                               std::span<const WindowView> text);

/// The level's name for reports, as resolveLevel decided.
std::string levelName(const FormatAssignment &assignment);

} // namespace mase::cli
