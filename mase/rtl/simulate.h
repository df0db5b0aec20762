// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Runs what emitDesign wrote in Verilator and compares every bit of every output with the integer model.
///
/// Each kind of linear is verilated and compiled once and kept in a cache by the content of its sources, so a second
/// run builds nothing. Each linear runs with the emitted weight memory and its file, twice: with random stalls on all
/// three streams, for the bits, and without, for the bits and the cycles. Memories that no simulation runs with are
/// read back (check_memories.h); what differs there counts as a mismatch too. Needs `verilator` and a C++ compiler in
/// PATH (CXX, else g++).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mase {

struct SimulationOptions {
  std::filesystem::path cache;      // empty: $XDG_CACHE_HOME/mase/verilator, else ~/.cache/mase/verilator
  int64_t rows = 0;                 // of each linear's vectors; 0: all
  uint64_t seed = 1;                // of the stalls
  std::vector<std::string> linears; // names of those to run; empty: all
};

struct LinearSimulation {
  std::string name, kind; // the linear and the kind of hardware that it ran on
  int tileIn = 0, tileOut = 0;
  int64_t rows = 0, mismatches = 0;
  int64_t cyclesPredicted = 0, cyclesSimulated = 0; // without stalls
};

struct SimulationResult {
  int64_t operators = 0;  // linears that ran; one that ran at two tiles counts twice
  int64_t vectors = 0;    // rows, over all of them
  int64_t mismatches = 0; // elements and scales that differ, over all of them, memories included
  int64_t words = 0;      // of weight memories that were read back instead of run
  int64_t cycles = 0;     // without stalls, over all of them
  double buildSeconds = 0, runSeconds = 0;
  std::string firstDifference; // empty when there is none: operator, row, element, both values
  std::vector<LinearSimulation> linears;
};

/// Errors  InputError when the folder, a linear or a tool is missing or a build fails; CheckError when the hardware
/// hangs, which
///         names the port that waits. Differing bits are a result, not an error.
SimulationResult simulateDesign(const std::filesystem::path &folder, const SimulationOptions &options);

} // namespace mase
