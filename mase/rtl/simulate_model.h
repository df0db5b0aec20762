// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Runs the whole model of an emitted folder in Verilator and compares every beat of every edge with what the folder
/// says that its recorded tokens make of it.
///
/// Twice: with random stalls on every channel, the design's ports and the words, for the bits; and without, for the
/// bits and the cycles. Each kind is verilated once and kept in a cache by content.
#pragma once

#include "mase/rtl/external_port.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace mase {

struct ModelSimulationOptions {
  std::filesystem::path cache; // empty: as SimulationOptions
  uint64_t seed = 1;           // of the stalls
  MemoryOverride memory;       // of a design that has an external one
};

struct ModelSimulationResult {
  int64_t operators = 0, kinds = 0; // instances; modules that were built
  int64_t tokens = 0;               // of each run
  int64_t beats = 0, mismatches = 0;
  int64_t cycles = 0;          // without stalls, from the first token to the last beat
  int64_t cyclesPredicted = 0; // by simulation of the dataflow; 0 where a module says no timing
  double buildSeconds = 0, runSeconds = 0;
  std::string firstDifference; // empty when there is none: edge, token, element, both values
};

/// Whether a folder has a whole model.
bool hasModel(const std::filesystem::path &folder);

/// Errors  InputError when the folder or a tool is missing or a build fails; CheckError when the hardware hangs, which
///         names the channels that wait. Differing bits are a result, not an error.
ModelSimulationResult simulateModel(const std::filesystem::path &folder, const ModelSimulationOptions &options);

} // namespace mase
