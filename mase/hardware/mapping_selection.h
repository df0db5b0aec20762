// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the mapping's solvers share: a mapping problem's choices as the options of a selection (selection.h), and the
/// error when nothing fits.
///
/// The budgets of the selection are LUT, DSP, BRAM and URAM, in this order.
#pragma once

#include "mase/hardware/mapping.h"
#include "mase/hardware/selection.h"

namespace mase {

inline Uses usesOf(const Area &area) { return {area.lut, area.dsp, area.bram, area.uram}; }

/// Throws the CheckError that names what is short: the first resource of which even the least of every stage exceeds
/// the budget, else the combination.
[[noreturn]] void reportThatNothingFits(const MappingProblem &problem);

/// Fills in what the choices give; CheckError when the flip-flops do not fit.
Mapping finished(const MappingProblem &problem, std::vector<StageChoice> choices);

} // namespace mase
