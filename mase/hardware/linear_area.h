// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the hardware of a linear takes, by the area model in mase/ops/linear/cost/linear.toml.
///
/// Without the weight memory, which is counted by a formula (memory.h). DSPs are counted, not fitted (dspSlices).
/// Thread-safe. The model is read once, at the first use.
#pragma once

#include "mase/hardware/area_model.h"

namespace mase {

/// The variables that the terms of the linear's model may use: widths and counts of `mase_linear` and its leaves.
/// Listed, with meanings, in docs/area.md. The config must pass checkLinearHardware.
Variables linearVariables(const LinearConfig &config);

/// The shipped model. Errors  InputError: a faulty file (FILE:LINE:COLUMN).
const AreaModel &linearAreaModel();

/// Predicted LUT and FF, rounded, and the DSPs, counted. Errors as linearAreaModel.
Area linearArea(const LinearConfig &config);

} // namespace mase
