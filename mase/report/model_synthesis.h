// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A whole emitted model, synthesised kind by kind, beside what is predicted for it.
///
/// Each kind of module is synthesised once (synthesize.h) and counts as often as it stands in the model. Memories that
/// stand beside or inside modules and hold the model's constants, and FIFOs between modules, are counted by formula
/// (memory.h, operator_area.h), on both sides alike. The wires that join modules take nothing.
#pragma once

#include "mase/hardware/synthesize.h"

#include <filesystem>
#include <nlohmann/json.hpp>

namespace mase {

/// Of one kind, or of all kinds of an operator.
struct SynthesizedPart {
  std::string name;   // "rms_norm_128_mxint12_mxint8_t1"; of an operator its module without "mase_"
  std::string module; // of the library
  int64_t kinds = 1, instances = 0;
  Area found, predicted;    // of all instances
  bool isPredicted = false; // false: no model predicts it, or not all of it
  int64_t levels = 0;       // of the longest path, the longest of all kinds
  double seconds = 0;       // of Yosys, once a kind
  bool cached = false;
};

struct ModelSynthesis {
  std::string model;
  std::vector<SynthesizedPart> kinds; // in the order in which the model names them
  /// By operator, the greatest first; then what is counted: weights, tables, fifos.
  std::vector<SynthesizedPart> operators, counted;
  SynthesizedPart sum; // of both
  double seconds = 0;  // that all of it took here
};

/// folder   as mase emit wrote it
/// options  sources are set here: the folder's own library
/// Errors   as readModel and synthesizeFile.
ModelSynthesis synthesizeModel(const std::filesystem::path &folder, SynthesisOptions options = {});

/// Each count a {value, predicted, error}; predicted and error are absent where nothing predicts.
nlohmann::ordered_json toJson(const ModelSynthesis &synthesis);
/// A table for a person.
std::string describe(const ModelSynthesis &synthesis);

} // namespace mase
