// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The modules of attention in several formats, tiles and shapes: sequences of one row, of two, of the whole context,
/// back to back, with what the integer models make of them.
///
/// Lanes beyond a row's keys hold noise wherever a module must not look at them. Linked into tests only.
#pragma once

#include "mase/rtl/operator_modules.h"

namespace mase {

std::vector<ModuleCase> scoresCases(bool longer);
std::vector<ModuleCase> softmaxCases(bool longer);
std::vector<ModuleCase> valuesCases(bool longer);

} // namespace mase
