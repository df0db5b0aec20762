// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Area models as data: terms, samples, fitted coefficients and their cross-validated error, in one file
/// (mase/ops/linear/cost/linear.toml; docs/area.md).
///
/// A term is a product of variables and numbers, "tile_in * tile_out * wide_bits"; what the variables of an operator
/// are is code (linear_area.h), which of them a model uses is data. A response (LUT, FF) is a sum of terms with
/// coefficients >= 0. The stored error is leave-one-out; a file whose error exceeds its own bound does not load, and a
/// test recomputes it from the samples.
#pragma once

#include "mase/hardware/area.h"
#include "mase/ops/linear/linear_config.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mase {

using Variables = std::map<std::string, double>;

/// The value of a term. Errors  InputError: a variable that does not exist (with the nearest).
double evaluateTerm(const std::string &term, const Variables &variables);

struct AreaResponse {
  std::vector<std::string> terms;
  std::vector<double> coefficients; // >= 0, one a term
  double meanError = 0;             // relative, over all samples left out in turn
  double worstError = 0;            // the largest of them

  double predict(const Variables &variables) const;
};

struct AreaSample {
  LinearConfig config;
  int64_t lut = 0, ff = 0; // 0: not measured yet
  int64_t dsp = 0;         // counted too: what the config's multiplier says
};

struct AreaModel {
  std::string yosys;   // version that made the samples
  double maxError = 0; // bound on meanError of every response
  AreaResponse lut, ff;
  std::vector<AreaSample> samples;
};

/// What turns a config into the values of a model's variables.
using VariablesOf = Variables (*)(const LinearConfig &);

/// Reads a model. Errors  InputError with FILE:LINE:COLUMN: a fault of the file, a sample without measurement, or an
/// error above the bound. `Draft` accepts the last two: for the tool that is about to mend them.
enum class ModelState { Final, Draft };
AreaModel readAreaModel(const std::filesystem::path &path, ModelState state = ModelState::Final);

/// Fits both responses to the samples and cross-validates. Values are rounded to what the file holds, 9 digits.
void fitAreaModel(AreaModel &model, VariablesOf variablesOf);

/// Replaces the file; the comment at its head is kept.
void writeAreaModel(const std::filesystem::path &path, const AreaModel &model);

} // namespace mase
