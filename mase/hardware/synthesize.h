// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Runs Yosys on one module and counts what it takes of a Xilinx UltraScale+ device.
///
/// Flow: synth_xilinx -family xcup -nodsp -nosrl -nowidelut (DSPs where they are asked for), SYNTHESIS defined,
/// hierarchy kept: a module with the same parameters is synthesised once and counted as often as it occurs. So nothing
/// is shared or absorbed across module boundaries and the counts err high against a flattened run. A memory primitive
/// counts as the LUTs that it occupies (RAM32M16: 8), an inverter as one. Results are cached by the content of sources,
/// parameters, script and the tool's version. Needs `yosys` in PATH.
#pragma once

#include "mase/hardware/area.h"
#include "mase/hardware/yosys_run.h"
#include "mase/ops/linear/linear_config.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace mase {

struct SynthesisOptions {
  /// SystemVerilog files, or folders of which every .sv is read (not deeper ones).
  std::vector<std::filesystem::path> sources;
  std::filesystem::path cache; // empty: $XDG_CACHE_HOME/mase/yosys, else ~/.cache/mase/yosys
  std::string yosys = "yosys";
  /// Files of `sources` whose modules stay black boxes and count nothing: tables, which are counted by formula.
  std::vector<std::string> boxes = {};
};

struct SynthesisResult {
  Area area;
  int64_t levels = 0;  // of the longest path, where they are asked for
  double seconds = 0;  // of the run that made it
  bool cached = false; // no run was needed
};

/// The library's folders of SystemVerilog among the program's data files (mase/support/data_files.h).
std::vector<std::filesystem::path> librarySources();

/// Errors  InputError: no Yosys, no sources, the run fails (its last words and the log's place), a primitive that has
/// no count.
/// literals  more parameters, whose values are texts such as 12'h646
/// dsp       multiplications may become DSP slices
SynthesisResult synthesizeModule(const std::string &top, const std::vector<std::pair<std::string, int64_t>> &parameters,
                                 const SynthesisOptions &options,
                                 const std::vector<std::pair<std::string, std::string>> &literals = {},
                                 bool dsp = false);

/// A module that stands in a file of its own beside the sources, with the levels of its longest path between
/// registers and memories: LUTs, multiplexers behind them and blocks of four carries, the hierarchy dissolved.
/// Errors as synthesizeModule.
SynthesisResult synthesizeFile(const std::string &top, const std::filesystem::path &file,
                               const SynthesisOptions &options, bool dsp);

/// `mase_linear` of a config, without its weight memory. Errors as synthesizeModule; and those of checkLinearHardware.
SynthesisResult synthesizeLinear(const LinearConfig &config, const SynthesisOptions &options);

/// Cells of a design by type, as `stat -json` prints them, as an area. Errors  InputError: a type that has no count.
Area areaOfCells(const std::vector<std::pair<std::string, int64_t>> &cells);

} // namespace mase
