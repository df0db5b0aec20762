// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Options of commands about weights in an external memory (docs/external-weights.md).
///
/// `emit` says which weights lie there and how wide the port is; `simulate` and `generate --rtl` what the memory does.
#pragma once

#include "mase/rtl/external_port.h"
#include "mase/runtime/plan.h"

#include <CLI/CLI.hpp>

namespace mase::cli {

struct ExternalOptions {
  std::vector<std::string> patterns; // of linears' names; none: all weights are on the chip
  ExternalPort port;
};

/// Adds --external, --axi-width and --axi-depth.
void addExternalOptions(CLI::App &command, ExternalOptions &options);

/// Before anything takes long.
/// Errors  InputError when a pattern fits no linear.
void checkExternal(const ExternalOptions &options, const Plan &plan);

/// Adds --memory-latency and --memory-bandwidth.
void addMemoryOptions(CLI::App &command, MemoryOverride &memory);

} // namespace mase::cli
