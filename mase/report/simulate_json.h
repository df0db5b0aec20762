// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a simulation reports, with the keys that scripts rely on (docs/cli.md).
///
/// Cycles are those of the run without stalls, first input beat to last output beat.
#pragma once

#include "mase/rtl/simulate.h"
#include "mase/rtl/simulate_model.h"

#include <nlohmann/json.hpp>

namespace mase {

/// The largest relative difference between predicted and simulated cycles of a linear.
double worstCycleError(const SimulationResult &result);

/// operators, vectors, mismatches, cycles, and beside them cycles_predicted, worst_cycle_error and linears.
nlohmann::ordered_json toJson(const SimulationResult &result);

/// Of the whole model: operators, kinds, tokens, beats, mismatches, cycles, those to the last result and as
/// predicted (-1: not known), channels with their cycles
/// (moved, stalled, starved).
nlohmann::ordered_json toJson(const ModelSimulationResult &result);

} // namespace mase
