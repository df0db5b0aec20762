// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The operators' modules in several formats and tiles, each with random rows and what the integer models make of them.
///
/// They reach every branch of the generate blocks; static outputs of 24 bits show the lowest bits of the sums. Linked
/// into tests only.
#pragma once

#include "mase/rtl/operator_modules.h"

namespace mase {

/// add, mul, cast, relu and the gates. More rows with `longer`.
std::vector<ModuleCase> elementwiseCases(bool longer);

/// rms_norm and layer_norm.
std::vector<ModuleCase> normCases(bool longer);

/// rope, over sequences of several lengths.
std::vector<ModuleCase> ropeCases(bool longer);

} // namespace mase
