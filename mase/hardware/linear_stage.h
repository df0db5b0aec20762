// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A linear layer as a stage of the mapping: every tile and multiplier that the hardware has, with its cycles, area and
/// memory.
///
/// Cycles are exact without stalls (mase/ops/linear/cycles.h), LUT and FF come from the area model (linear_area.h),
/// the memory's shape from mase/ops/linear/hardware.h. Thread-safe.
#pragma once

#include "mase/hardware/mapping.h"
#include "mase/ops/linear/linear_config.h"

#include <string>
#include <vector>

namespace mase {

/// The parts of `features` that a tile may have: 1, 2, 4, 8, 16 and the multiples of 32 that divide it (arithmetic.md
/// S1).
std::vector<int> legalTileSizes(int64_t features);

/// Candidates for all tiles of up to 4096 products a cycle, twice the largest sample of the area model: beyond, the
/// model is not trusted. Each with carry rows, and with DSPs where those save LUTs. `config`'s own tile does not
/// matter. Errors  InputError: a config without hardware (checkLinearHardware), a faulty area model.
Stage linearStage(const std::string &name, const LinearConfig &config);

} // namespace mase
