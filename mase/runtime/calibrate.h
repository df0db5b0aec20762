// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Static scales for activations: the largest magnitudes that a text gives at every linear, and formats with them.
///
/// `input = "int8"` asks for one scale for the whole tensor, which no token knows before the last; calibration finds it
/// once, on a text, and it stands in the format from then on: `int8/0.0262` (docs/formats.md, F17).
#pragma once

#include "mase/runtime/plan.h"

namespace mase {

/// Largest magnitudes at each linear, in slot order, in the float model.
struct LinearRanges {
  std::vector<float> input, output;
};

/// Reads each window as a fresh sequence. Prepares the plan in fp32. Errors as Plan::run.
LinearRanges recordRanges(Plan &plan, std::span<const std::span<const int32_t>> windows);

/// `wanted` with the static format in place of each input that has one scale for the tensor.
/// Errors  InputError when there is none of that kind.
FormatAssignment calibrated(FormatAssignment wanted, const LinearRanges &ranges);
/// The same for what is behind each linear; null stays.
std::vector<const Format *> calibratedOutputs(std::vector<const Format *> wanted, const LinearRanges &ranges);

} // namespace mase
