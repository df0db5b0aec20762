// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Streaming modules side by side in one simulation: for tests of operators.
///
/// A top module holds an instance of each; a bench feeds all of them at once. Linked into tests only.
#pragma once

#include "mase/ops/edge/edge_hardware.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mase {

/// One stream of a module, with the beats that go in or shall come out.
struct ModuleStream {
  std::string port;                    // "x": ports x_data_i, x_scale_i, x_valid_i, x_ready_o
  int64_t dataBits = 0, scaleBits = 0; // 0: there is no port x_scale_i
  std::vector<std::string> beats;
};

struct ModuleCase {
  std::string name, module;
  ModuleParameters parameters;
  std::vector<ModuleStream> inputs;
  ModuleStream output;
  int64_t outputBeatsPerRow = 1;
  int64_t cycles = 0;                    // that it takes without stalls; 0: not predicted
  ModuleParameters constants = {};       // ports that are tied: name, literal
  std::vector<ModuleStream> others = {}; // further outputs
};

struct ModuleResult {
  int64_t stalledMismatches = -1, mismatches = -1, cycles = 0;
  double interval = 0; // cycles a row
};

/// A stream of an edge.
ModuleStream edgeStream(const std::string &port, const Format &format, const BlockIntegers &rows, int64_t tile);

/// Numbers as a stream: the low `bits` of each, so many a beat, above them zeros where there is a port of scales.
ModuleStream numberStream(const std::string &port, const std::vector<int64_t> &numbers, int64_t perBeat, int64_t bits,
                          int64_t scaleBits = 0);

/// What is verilated together.
struct ModuleGroup {
  std::string name;
  std::vector<ModuleCase> cases;
  std::vector<std::string> library; // SystemVerilog files
};

/// Verilates, compiles and runs; results by the cases' names, group by group.
/// Errors  InputError with the output of the tool that failed.
std::vector<std::map<std::string, ModuleResult>> simulateModules(const std::vector<ModuleGroup> &groups,
                                                                 const std::filesystem::path &folder);

/// A module `top` with an instance of each case: for linters and synthesis.
std::string topOf(const std::vector<ModuleCase> &cases);

} // namespace mase
