// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A module's timing (mase/ops/module_timing.h) as netlist.json has it, and back.
///
/// Lists of numbers, in the order in which the structs have them; flags are 0 and 1.
#pragma once

#include "mase/ops/module_timing.h"

#include <nlohmann/json.hpp>

namespace mase {

nlohmann::ordered_json toJson(const ModuleTiming &timing);
/// Errors  nlohmann's, when it is something else
ModuleTiming timingOf(const nlohmann::ordered_json &json);

} // namespace mase
