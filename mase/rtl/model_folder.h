// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A whole model's hardware as a folder, and back: the top level, its kinds, memory files, and `netlist.json`, which
/// says what is joined to what and in which formats.
///
/// Layout: <topName>.sv, kinds/<kind>.sv, weights/<instance or kind>.hex, weights/external.bin (what lies in an external
/// memory), netlist.json, formats.toml; the library is in sv/ beside it. No MLIR.
#pragma once

#include "mase/rtl/expected_beats.h"
#include "mase/rtl/verilated_models.h"

namespace mase {

/// What is emitted.
struct ModelDesign {
  std::string model; // "llama-stories-1m"
  Netlist netlist;
  FormatAssignment assignment; // of the plan's slots
  EdgeFormats edges;
  int64_t context = 0; // positions of a sequence
  /// Tokens with what they make of each edge, for whoever has no model at hand.
  std::vector<ModelToken> tokens;
  std::vector<ExpectedBeats> expected;
  std::string formats = {}; // of every tensor and edge, as formats.toml (runtime/edge_config.h); empty: no such file
};

/// The module of a model's top level.
std::string topName(const std::string &model);

/// Fills `folder`, which exists. Errors  InputError when two names are the same module's name.
void writeModel(const ModelDesign &design, const std::filesystem::path &folder);

/// A design as a folder has it, and what to verilate.
struct ModelFolder {
  ModelDesign design;
  std::vector<ModelSource> kinds;
  std::vector<std::filesystem::path> library;
};

/// folder  as mase emit wrote it: the one that holds `model` and `sv`
/// Errors  InputError: there is none, or it is not what writeModel wrote.
ModelFolder readModel(const std::filesystem::path &folder);

} // namespace mase
