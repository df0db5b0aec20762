// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The pass `--mase-assign-formats=config=FILE`: writes a formats.toml into the types of a model.
///
/// Runs on a function; one without linears is left alone. What the types become is applyAssignment's business
/// (model_slots.h), what the file means is format_config.h's. Faults of the file are diagnostics at the function.
#pragma once

#include "mlir/Pass/Pass.h"

#include <memory>
#include <string>

namespace mase {

std::unique_ptr<mlir::Pass> createAssignFormatsPass(const std::string &configFile = "");

/// Makes the pass known to mase-opt.
void registerAssignFormatsPass();

} // namespace mase
