// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What modules of the library take, predicted: each by the area model in its operator's folder, fitted to samples of
/// Yosys (mase/ops/<operator>/cost/<module>.toml; docs/synthesis.md).
///
/// A model names its variables as formulas over the module's parameters, its terms as products of them. DSPs and block
/// memories are counted by formulas, which every sample confirms. Thread-safe; a model is read once, at its first use.
#pragma once

#include "mase/hardware/area_model.h"
#include "mase/ops/hardware_operator.h"

#include <optional>

namespace mase {

/// The files of all models, sorted.
std::vector<std::filesystem::path> operatorAreaFiles();

/// Of one module, without memories of the model's constants. None: no model for it.
/// Errors  InputError: a faulty file (FILE:LINE:COLUMN).
std::optional<Area> predictedArea(const HardwareModule &module);

/// The relative error of that prediction, the mean of cross-validation; none where there is no model.
struct AreaError {
  double lut = 0, ff = 0;
};
AreaError areaError(const HardwareModule &module);

/// `mase_row_fifo` of so many bits and beats: predicted as modules are.
Area fifoArea(int64_t widthBits, int64_t depth);

} // namespace mase
