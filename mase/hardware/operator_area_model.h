// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Area models of modules other than the linear, as data: mase/ops/<operator>/cost/<module>.toml (docs/synthesis.md).
///
///   module      of the library
///   parameters  those that a model may name, "TileIn"; with "= 0" what one counts that a module does not have
///   literals    parameters that hold tables, with their bits: "Words = (17 + SlopeBits) * pow2(IndexBits)". Samples
///               have pseudo-random ones, for what a table holds costs nothing
///   variables   formulas over parameters and earlier variables: "whole = max(ABits, BBits)"
///   dsp, bram   formulas: DSP slices and RAMB36, counted, not fitted; with uram UltraRAMs too, where there may be any
///   lut, ff     fitted terms, as area_model.h has them
///   sample      parameters and what Yosys gave for them
#pragma once

#include "mase/hardware/area_model.h"

namespace mase {

struct OperatorAreaSample {
  std::vector<std::pair<std::string, int64_t>> parameters; // those that it has
  Area area;                                               // no LUT: not measured yet
};

struct OperatorAreaModel {
  std::string module, yosys; // the version that made the samples
  double maxError = 0;       // bound on meanError of every response
  std::vector<std::string> parameters, literals, variables;
  std::string dsp, bram, uram = "0";
  AreaResponse lut, ff;
  std::vector<OperatorAreaSample> samples;

  /// Errors  InputError: a faulty formula; a parameter without default that is not among the given.
  Variables variablesOf(const std::vector<std::pair<std::string, int64_t>> &given) const;
  Area predict(const std::vector<std::pair<std::string, int64_t>> &given) const;
  /// Values of the literals: a sample's.
  std::vector<std::pair<std::string, std::string>> literalsOf(const OperatorAreaSample &sample) const;
};

/// Errors  as readAreaModel; and a sample whose DSPs or block memories are not those of the formulas.
OperatorAreaModel readOperatorAreaModel(const std::filesystem::path &path, ModelState state = ModelState::Final);

/// Fits both responses to the samples and cross-validates.
void fitOperatorAreaModel(OperatorAreaModel &model);

/// Replaces the file; the comment at its head is kept.
void writeOperatorAreaModel(const std::filesystem::path &path, const OperatorAreaModel &model);

} // namespace mase
