// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The modules that join operators to a model, each with random beats and what it shall make of them.
///
/// They reach every branch of the generate blocks. Linked into tests only.
#pragma once

#include "mase/rtl/operator_modules.h"

#include <filesystem>

namespace mase {

/// Linears whose sums leave as they are, and linears with biases. More rows with `longer`.
std::vector<ModuleCase> linearCases(bool longer);

/// argmax.
std::vector<ModuleCase> argmaxCases(bool longer);

/// embedding; `folder` keeps the files of its tables.
std::vector<ModuleCase> embeddingCases(bool longer, const std::filesystem::path &folder);

} // namespace mase
