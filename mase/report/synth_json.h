// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A synthesised linear beside what the area model predicted for it.
///
/// LUT and FF are compared; DSP must be zero (multipliers are carry rows); the weight memory stands beside the linear
/// and is counted by its shape.
#pragma once

#include "mase/hardware/linear_area.h"
#include "mase/hardware/memory.h"
#include "mase/hardware/synthesize.h"

#include <nlohmann/json.hpp>

namespace mase {

struct SynthesisReport {
  std::string linear;
  LinearConfig config;
  SynthesisResult synthesized;
  Area predicted;
  int64_t weightBram = 0;           // RAMB36 that the weight memory takes, by formula
  double lutError = 0, ffError = 0; // the model's mean cross-validated error
};

/// Runs Yosys on the linear with the SystemVerilog in `sources`. Errors as synthesizeLinear.
SynthesisReport synthesisReport(const std::string &name, const LinearConfig &config,
                                const std::filesystem::path &sources);

/// lut, ff, dsp, bram: each {value, predicted, error}; and what was synthesised.
nlohmann::ordered_json toJson(const SynthesisReport &report);
/// Two lines for a person.
std::string describe(const SynthesisReport &report);

} // namespace mase
