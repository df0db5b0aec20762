// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What Yosys gives for a sample of an area model: its module with its parameters and made-up tables.
///
/// Multiplications may become DSP slices, as in a model's kinds; tables of the model's constants stay black boxes.
#pragma once

#include "mase/hardware/operator_area_model.h"
#include "mase/hardware/synthesize.h"

namespace mase {

/// cache  empty: that of all runs. Errors as synthesizeFile.
SynthesisResult synthesizeSample(const OperatorAreaModel &model, const OperatorAreaSample &sample,
                                 const std::filesystem::path &cache = {});

} // namespace mase
