// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The subcommand `mase train`.
///
/// Apart from commands.h, as the other commands' sources need not know of it.
#pragma once

#include "tools/mase/commands.h"

namespace mase::cli {

void addTrain(CLI::App &app);

} // namespace mase::cli
