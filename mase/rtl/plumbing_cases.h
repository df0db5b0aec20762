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

/// tied_embedding, behind `tiedHarness`, which ends the stream of words; `folder` keeps the files of these.
std::vector<ModuleCase> tiedEmbeddingCases(bool longer, const std::filesystem::path &folder);
extern const char *const tiedHarness; // module mase_tied_harness

/// row_fifo, row_filter, resize.
std::vector<ModuleCase> edgeCases(bool longer);

/// control, behind a port x of {last, wanted, token}, which `controlHarness` gives it; and a stream of whether there
/// was an error, a beat a sequence.
std::vector<ModuleCase> controlCases(bool longer);
extern const char *const controlHarness; // module mase_control_harness

} // namespace mase
